"""Redraw the last snapshot of a run from its download: `python redraw.py RUN.npz PICTURE.png`.

It needs NumPy and Pillow, and nothing of GINN. The page of the downloads explains the arrays.
"""

import sys

import numpy as np
from PIL import Image

SIDE = 600  # px
COLOURS = [(47, 111, 222), (212, 61, 61), (18, 138, 80), (178, 106, 0)]  # by layer; output last


def layers(run, snapshot, points):
    """Each neuron's pre-activation at (P, 2) points: a list with a (P, units) array a layer."""
    sums, passed_on = [], points
    for layer in range(int(run["layers"])):
        weights, biases = run[f"weights{layer}"][snapshot], run[f"biases{layer}"][snapshot]
        sums.append(passed_on @ weights.T.astype(float) + biases)
        passed_on = np.maximum(sums[-1], 0)  # ReLU
    return sums


def grid(side):
    """The centres of side x side pixels: x to the right, y down, both from 0 to 1."""
    y, x = (np.mgrid[:side, :side] + 0.5) / side
    return np.stack([x.ravel(), y.ravel()], axis=1)


def main(source, target):
    run = np.load(source, allow_pickle=False)
    last = len(run["iterations"]) - 1

    # The network's answer is white where the output's pre-activation is above zero.
    labels = run["labels"]
    says_white = layers(run, last, grid(len(labels)))[-1].reshape(labels.shape) > 0
    print(f"seed {run['seed']}, iteration {run['iterations'][last]}")
    print(f"accuracy {(says_white == labels).mean():.6f}, recorded {run['accuracy'][last]:.6f}")

    # The background is the probability of white. A boundary is where a sum changes its sign.
    sums = layers(run, last, grid(SIDE))
    white = 1 / (1 + np.exp(-np.clip(sums[-1], -50, 50))).reshape(SIDE, SIDE, 1)
    picture = np.rint(200 + 55 * white).repeat(3, axis=2).astype(np.uint8)
    for layer, sums_of_layer in enumerate(sums):
        colour = COLOURS[-1] if layer == len(sums) - 1 else COLOURS[layer % (len(COLOURS) - 1)]
        on = sums_of_layer.reshape(SIDE, SIDE, -1) > 0
        picture[:, 1:][(on[:, 1:] != on[:, :-1]).any(axis=2)] = colour
        picture[1:][(on[1:] != on[:-1]).any(axis=2)] = colour
    Image.fromarray(picture).save(target)


if __name__ == "__main__":
    main(*sys.argv[1:])

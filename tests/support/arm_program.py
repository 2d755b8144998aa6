"""The training kernel as a program for 64-bit ARM Linux, which an emulator runs on this machine.

The program reads initial parameters, seeds, pixels and rates from standard input, trains, and
writes the parameters and both moments to standard output.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import llvmlite.binding as llvm
import llvmlite.ir as ir
import numpy as np

from ginn.network.kernel import Networks
from ginn.network.kernel_code import TRAIN, kernel_module
from ginn.network.lane_code import Blocks
from ginn.network.run import Float32

EMULATOR, ASSEMBLER, LINKER = "qemu-aarch64", "aarch64-linux-gnu-as", "aarch64-linux-gnu-ld"
TRIPLE = "aarch64-unknown-linux-gnu"
LANES = 4
READ, WRITE, EXIT = 63, 64, 93  # Linux's system calls on this architecture


def missing_programs() -> list[str]:
    """The programs that are not installed here."""
    return [name for name in (EMULATOR, ASSEMBLER, LINKER) if shutil.which(name) is None]


def train_emulated(group: Networks, rates: Float32, folder: Path) -> Float32:
    """Parameters and both moments (3, N, lanes) of `group` after ARM code has trained it."""
    layout = group.kernel.layout
    inputs = {
        "parameters": group.parameters,
        "streams": group.streams,
        "table": group.table,
        "rates": rates,
    }
    memory = layout.memory * LANES * 4
    kernel = _assembly(kernel_module(layout, LANES, Blocks(4, 4)))
    sizes = {name: array.nbytes for name, array in inputs.items()}
    (folder / "kernel.s").write_text(kernel)
    (folder / "start.s").write_text(_start(sizes, memory, group.pixels, len(rates)))
    for name in ("kernel", "start"):
        files = [str(folder / f"{name}.{suffix}") for suffix in ("o", "s")]
        subprocess.run([ASSEMBLER, "-o", *files], check=True)
    program = folder / "program"
    objects = [folder / "start.o", folder / "kernel.o"]
    subprocess.run([LINKER, "-static", "-o", program, *objects], check=True)
    done = subprocess.run(
        [EMULATOR, program],
        input=b"".join(np.ascontiguousarray(each).tobytes() for each in inputs.values()),
        capture_output=True,
        check=True,
    )
    return np.frombuffer(done.stdout, np.float32).reshape(3, *group.parameters.shape)


def _assembly(module: ir.Module) -> str:
    """The module compiled for any 64-bit ARM processor."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(opt=3, reloc="static")
    module.triple, module.data_layout = TRIPLE, str(machine.target_data)
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    return str(machine.emit_assembly(parsed))


def _start(sizes: dict[str, int], memory: int, pixels: int, iterations: int) -> str:
    """The code that Linux starts: read the inputs, train, write the outputs, exit."""
    outputs = ("parameters", "first", "second")
    spaces = sizes | {"first": sizes["parameters"], "second": sizes["parameters"], "memory": memory}
    lines = [".bss", ".balign 64"]
    for name, size in spaces.items():
        lines += [f"{name}: .space {size}", ".balign 64"]
    lines += [".text", ".global _start", "_start:"]
    for name, size in sizes.items():
        lines += _transfer(READ, 0, name, size)
    arguments = ("parameters", "first", "second", "memory", "streams", "table", "rates")
    for register, name in enumerate(arguments):
        lines.append(f"ldr x{register}, ={name}")
    # The ninth and the tenth argument are on the stack.
    lines += [
        f"ldr x7, ={pixels}", "sub sp, sp, #16", f"ldr x9, ={iterations}",
        "stp x9, xzr, [sp]", f"bl {TRAIN}",
    ]  # fmt: skip
    for name in outputs:
        lines += _transfer(WRITE, 1, name, spaces[name])
    lines += ["mov x0, #0", f"mov x8, #{EXIT}", "svc #0"]
    return "\n".join(lines) + "\n"


def _transfer(call: int, file: int, name: str, size: int) -> list[str]:
    """The code that reads or writes a whole buffer, in a loop: a pipe may transfer only a part."""
    label = f"{name}_{call}"
    return [
        f"ldr x19, ={name}", f"ldr x20, ={size}", f"{label}:",
        f"mov x0, #{file}", "mov x1, x19", "mov x2, x20", f"mov x8, #{call}", "svc #0",
        "add x19, x19, x0", "subs x20, x20, x0", f"b.gt {label}",
    ]  # fmt: skip

// Dragging a line of the first layer in the explorer's picture. Near its point nearest to the middle of what
// is in sight, it moves. Elsewhere, it turns around that point.
"use strict";

/** @typedef {{unit: number, line: number[], around: Point | undefined}} Grip around which point it turns */

{
  const REACH = 12; // CSS px between the pointer and a line
  const MOVES = 0.2; // of a pane's side: how far from that point a line moves

  /** @type {(line: number[], place: Point) => number} */
  const valueAt = ([a, b, bias], { x, y }) => a * x + b * y + bias;

  /** @type {(line: number[], place: Point) => Point} the line's nearest point */
  const foot = (line, place) => {
    const [a, b] = line;
    const far = valueAt(line, place) / (a * a + b * b || 1);
    return { x: place.x - far * a, y: place.y - far * b };
  };

  /** @type {(line: number[], right: number, down: number) => number[]} weights and bias of a moved line */
  const moved = ([a, b, bias], right, down) => [a, b, bias - a * right - b * down];

  /** @type {(line: number[], angle: number, around: Point) => number[]} the value there stays as it is */
  const turned = (line, angle, around) => {
    const [a, b] = line;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    const next = [cosine * a - sine * b, sine * a + cosine * b];
    return [...next, valueAt(line, around) - valueAt([...next, 0], around)];
  };

  /** @type {(lines: Record<number, number[]>, view: View, place: Point, reach: number) => Grip | undefined} */
  const nearest = (lines, { x, y, zoom }, place, reach) => {
    let least = reach;
    let found;
    for (const [unit, line] of Object.entries(lines)) {
      const distance = Math.abs(valueAt(line, place)) / Math.hypot(line[0], line[1]);
      if (distance < least) {
        least = distance;
        const fixed = foot(line, { x: x + 0.5 / zoom, y: y + 0.5 / zoom });
        const turns = Math.hypot(place.x - fixed.x, place.y - fixed.y) > MOVES / zoom;
        found = { unit: Number(unit), line, around: turns ? fixed : undefined };
      }
    }
    return found;
  };

  /** @type {(send: (unit: number, line: number[]) => Promise<void>) => (unit: number, line: number[]) => void}
   * while one line is sent, those that come are left out, but for the last */
  const sparing = (send) => {
    /** @type {[number, number[]] | undefined} */
    let next;
    let busy = false;
    return async (...given) => {
      next = given;
      if (busy) return;
      for (busy = true; next;) {
        const own = next;
        next = undefined;
        await send(...own);
      }
      busy = false;
    };
  };

  GINN.lineDrag = {
    foot, moved, turned, nearest,
    watch(root, { lines, view, change }) {
      const send = sparing(change);
      /** @type {((event: PointerEvent) => void) | undefined} */
      let drag;
      /** @type {(event: PointerEvent, act: (canvas: HTMLElement, seen: View, place: Point,
       *   found: Grip | undefined) => void) => void} */
      const look = (event, act) => {
        const canvas = [.../** @type {NodeListOf<HTMLElement>} */ (
          root.querySelectorAll(".viewer-pane canvas"))].pop();
        const given = lines();
        if (!canvas || !given || event.target !== canvas) return;
        const seen = view();
        const at = GINN.zoom.placeOf(canvas, event);
        const place = { x: seen.x + at.x / seen.zoom, y: seen.y + at.y / seen.zoom };
        act(canvas, seen, place, nearest(given, seen, place, REACH / canvas.clientWidth / seen.zoom));
      };
      root.addEventListener("pointerdown", (event) => look(event, (canvas, { zoom }, place, found) => {
        if (!found || event.button !== 0) return;
        // The explorer would ask about the point, or move the picture.
        event.stopPropagation();
        // A first change puts a new canvas in the place of this one.
        root.setPointerCapture(event.pointerId);
        const { unit, line, around } = found;
        const scale = canvas.clientWidth * zoom;
        const { clientX, clientY } = event;
        drag = (now) => {
          const [right, down] = [(now.clientX - clientX) / scale, (now.clientY - clientY) / scale];
          const angle = (/** @type {Point} */ { x, y }, /** @type {Point} */ from) =>
            Math.atan2(y - from.y, x - from.x);
          send(unit, around ? turned(line, angle({ x: place.x + right, y: place.y + down }, around)
            - angle(place, around), around) : moved(line, right, down));
        };
      }), true);
      root.addEventListener("pointermove", (event) => {
        if (drag) {
          event.stopPropagation();
          drag(event);
        } else {
          look(event, (canvas, _, __, found) => {
            canvas.style.cursor = !found ? "" : found.around ? "alias" : "move";
          });
        }
      }, true);
      root.addEventListener("lostpointercapture", ({ target }) => {
        if (target === root) drag = undefined;
      });
    },
  };
}

// Carries a copy of a piece under the pointer, from where it was lifted to where it is dropped.

const DRAG_PIXELS = 6; // a shorter movement is a press
const CLICK_MS = 80; // in which the browser sends the click at the end of a drag

let endedAt = 0;

/** Tells whether a click is only the end of a drag. */
export const justDragged = () => performance.now() - endedAt < CLICK_MS;

/**
 * Follows the pointer. `begin` may refuse by returning false.
 * @param {PointerEvent} event
 * @param {HTMLElement} source
 * @param {{ begin: () => boolean, drop: (x: number, y: number) => void, cancel: () => void }} actions
 */
export function follow(event, source, { begin, drop, cancel }) {
  const { clientX: startX, clientY: startY, pointerId } = event;
  /** @type {HTMLElement | null} */
  let copy = null;

  const move = (/** @type {PointerEvent} */ now) => {
    if (now.pointerId !== pointerId) {
      return;
    }
    if (!copy && Math.hypot(now.clientX - startX, now.clientY - startY) >= DRAG_PIXELS) {
      if (begin() === false) {
        finish();
        return;
      }
      copy = lift(source);
    }
    if (copy) {
      copy.style.left = `${now.clientX}px`;
      copy.style.top = `${now.clientY}px`;
    }
  };
  const up = (/** @type {PointerEvent} */ now) => {
    if (now.pointerId === pointerId) {
      finish();
      if (copy) {
        endedAt = performance.now();
        drop(now.clientX, now.clientY);
      }
    }
  };
  const lost = () => {
    finish();
    if (copy) {
      cancel();
    }
  };
  const finish = () => {
    copy?.remove();
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", lost);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", lost);
  source.releasePointerCapture?.(pointerId);
}

/** @param {HTMLElement} source */
function lift(source) {
  const piece = /** @type {HTMLElement} */ (source.querySelector(".piece"));
  const copy = /** @type {HTMLElement} */ (piece.cloneNode(true));
  const size = piece.getBoundingClientRect();
  copy.classList.add("carried");
  copy.style.width = `${size.width}px`;
  copy.style.height = `${size.height}px`;
  document.body.append(copy);
  return copy;
}

// Who has offered a draw or to take back a move, and who of many players has agreed since.

export class Offers {
  /** @type {Record<"draw" | "takeback", string[]>} whoever has offered it comes first */
  agreed = { draw: [], takeback: [] };

  /** @param {Protocol.Event} event the next one of the session */
  note({ type, login, draw_offered_by: offeredBy }) {
    const offer = /^session\.(draw|takeback)_(offered|declined)$/.exec(type);
    const what = /** @type {"draw" | "takeback"} */ (offer?.[1]);
    if (offer) {
      this.agreed[what] = offer[2] === "offered" ? [...this.agreed[what], login] : [];
    } else if (["session.state_changed", "session.takeback_accepted", "session.player_left"].includes(type)) {
      this.agreed = { draw: offeredBy ? [offeredBy] : [], takeback: [] };
    }
  }
}

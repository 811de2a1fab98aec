// The page's own types. No browser is served this folder: only the type checks read it.

declare namespace Page {
  // What an element can be given; the properties of `on` are listeners by the event's name.
  interface Props {
    on?: Record<string, (event: any) => void>;
    [name: string]: any;
  }
  type Child = Node | string | number | boolean | null | undefined | Child[];

  interface Notification {
    method: string;
    params: Record<string, any>;
  }
  // Calls a method on a connection that is not authenticated yet.
  type Call = <M extends keyof Protocol.Methods>(
    method: M, params: Protocol.Methods[M]["params"],
  ) => Promise<Protocol.Methods[M]["result"]>;
  interface Proposal {
    proposal_id: string;
    deadline: string;
    game: string;
    options: Record<string, any>;
    seats: number;
  }
  // What a call throws: an error of the protocol, or "Disconnected".
  interface Failure extends Error {
    type: string;
    data: Record<string, any>;
  }

  interface Cell {
    piece?: string;
    side: number;
    art?: string;
    shot?: string;
  }
  type Cells = Record<string, Cell>;
  interface Grid {
    key: string;
    owner?: number;
    files: number;
    ranks: number;
    /** the squares that there are, if not all */
    squares?: string[];
    cells: Cells;
    active: boolean;
  }
  // What a state has beside its board, as it is drawn.
  interface Value {
    name: string;
    kind: "cards" | "dice" | "value";
    value: any;
  }
  interface ValuesShown {
    common: Value[];
    bySeat: Value[][];
    order: number[];
    players: string[];
    seat: number | null;
    legal: any[];
    /** by the place in the order: where to draw what belongs to a seat */
    places: HTMLElement[];
    word(text: string): string;
    /** the names of values that are seats */
    seats: string[];
    /** the address of the picture of a card */
    picture(card: any): string | null;
  }
  // What is used of a game's own drawing to draw pieces.
  interface Drawn {
    grid: Record<string, any>;
    picture(piece: string, side: number): string | null;
    word(text: string): string;
  }
  interface Picture {
    grids: Grid[];
    hands: string[][];
    held: boolean; // whether the hands in the state hold pieces
    last: string[];
    lastIn?: { key: string; square: string } | null;
    threat: string[];
    facing: boolean;
    style: string;
  }
  // A game's state, by the hints of docs/drawing-a-game.md; a game adds what it likes.
  type State = Record<string, any>;

  // For what is put, `from` is "@" and the piece.
  type Move = { move: string; to: string; suffix: string } &
    ({ kind: "go" | "put"; from: string } | { kind: "point"; from: null });
  interface Premove {
    from: string;
    to: string;
  }
  /** a move, or that one of several players left, after which the position is another one */
  interface Step {
    login: string;
    left?: true;
    move?: any;
    /** how many moves there have been, with this one */
    number: number;
    version: number;
    at: string;
    seconds: number;
    state: State;
    clocks: Record<string, number> | null;
  }
  interface StepNumber {
    /** whether the moves are counted in pairs */
    paired: boolean;
    number: number;
    second: boolean;
  }
  interface Command {
    type: string;
    move?: any;
  }
  interface WaitingCommand {
    command: Command;
    command_id: string;
    version?: number;
  }

  interface TableView {
    game: string;
    state: State;
    seat: number | null;
    order: number[];
    places: HTMLElement[];
    bottom: number;
    flipped: boolean;
    players: string[];
    pending: Move | null;
    legal: any[];
    active: boolean;
    premove: Premove | null;
    premoving: boolean;
  }
  interface BoardView {
    grid: Grid;
    flipped: boolean;
    facing: boolean;
    style: string;
    drawn: Drawn;
    label: string;
    captioned: boolean;
    marks: Record<string, string[]>;
    picked: string | null;
    targets: Set<string>;
    describe(square: string, cell: Cell | null): string;
    explain(square: string, target: boolean): string | null;
  }
  interface HandView {
    pieces: string[];
    side: number;
    own: boolean;
    watched: boolean;
    owner: string;
    style: string;
    drawn: Drawn;
    turned: boolean;
    picked: string | null;
    premoved: string | undefined;
    canPick(source: string): boolean;
  }
  interface MovesView {
    steps: Step[];
    viewed: number;
    word(text: string): string;
    /** the move as people write it, where that is known */
    written(step: Step): string | null;
    players: string[];
    numbers: StepNumber[];
    charted: boolean;
    opens: Set<number>;
  }
  // What was chosen on the board: moves to choose among, or a premove, null to take one back.
  interface Choice {
    moves?: Move[];
    premove?: Premove | null;
  }

  interface Lifted {
    square: string;
    source: string;
    element: HTMLElement;
    event: PointerEvent;
  }
  interface Events {
    notification: CustomEvent<Notification>;
    refused: CustomEvent<{ error: Failure; command: Command }>;
    waiting: CustomEvent<{ error: Failure }>;
    ended: CustomEvent<{ match: import("../games/match.js").Match }>;
    press: CustomEvent<Lifted>;
    lift: CustomEvent<Lifted>;
    move: CustomEvent<{ move: any }>;
    premove: CustomEvent<{ premove: Premove | null }>;
    view: CustomEvent<{ viewed: number }>;
  }
}

interface EventTarget {
  addEventListener<K extends keyof Page.Events>(
    type: K, listener: (event: Page.Events[K]) => void, options?: AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof Page.Events>(
    type: K, listener: (event: Page.Events[K]) => void,
  ): void;
}

interface HTMLElementEventMap extends Omit<Page.Events, "ended"> {}

interface HTMLElementTagNameMap {
  "entry-form": import("../parts/login_form.js").EntryForm;
  "game-board": import("../parts/board.js").GameBoard;
  "game-clock": import("../parts/clock.js").GameClock;
  "game-table": import("../parts/game_table.js").GameTable;
  "move-list": import("../parts/move_list.js").MoveList;
  "piece-hand": import("../parts/hand.js").PieceHand;
  "player-ratings": import("../parts/ratings.js").PlayerRatings;
}

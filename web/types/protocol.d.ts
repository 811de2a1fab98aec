// The methods of the protocol, by `python -m docs.generate` from the gateway's types.

declare namespace Protocol {

interface Account {
  login: string;
  display_name: string;
  bio: string;
  kind: "player" | "guest" | "bot";
  guest: boolean;
  created_at: string;
  ratings: Record<string, Rating>;
  ratings_by_speed?: Record<string, Record<string, Rating>>;
}

interface Challenge {
  room_id: string;
  game: string;
  options: Record<string, any>;
  seats: number;
  players: Array<string>;
  owner: string;
  status: "open" | "filled" | "closed";
  created_at: string;
  session_id: string | null;
  challenged: string;
  side: "first" | "second" | "random";
  others?: Array<string>;
}

interface ChallengePage {
  items: Array<Challenge>;
  next: string | null;
}

interface Connected {
  session: Session;
  events: Array<Event>;
  next: number | null;
}

interface Contact {
  login: string;
  display_name: string;
  kind: "player" | "guest" | "bot";
  online: boolean;
}

interface ContactPage {
  items: Array<Contact>;
  next: string | null;
}

interface Contacts {
  items: Array<Contact>;
}

interface Empty {}

interface Event {
  version: number;
  at: string;
  type: string;
  [other: string]: any;
}

interface Executed {
  version: number;
  command_id: string;
}

interface Export {
  format: "pgn" | "text";
  text: string;
}

interface GameInfo {
  name: string;
  title: string;
  min_players: number;
  max_players: number;
  options?: Record<string, any>;
  moves?: Record<string, any>;
  drawing?: string;
  titles?: Record<string, string>;
}

interface History {
  events: Array<Event>;
  next: number | null;
}

interface Identity {
  login: string;
  expires_at: string;
}

interface InitialState {
  state: any;
  before?: MovesBefore;
}

interface Kinds {
  kinds: Record<string, "player" | "guest" | "bot">;
}

interface Leaderboard {
  items: Array<Ranked>;
  next: string | null;
}

interface MatchAccepted {
  status: "accepted";
}

interface MovesBefore {
  state: any;
  moves: Array<Array<any>>;
}

interface PrivateRoom {
  room_id: string;
  game: string;
  options: Record<string, any>;
  seats: number;
  players: Array<string>;
  owner: string;
  status: "open" | "filled" | "closed";
  created_at: string;
  session_id: string | null;
  connection_key: string;
}

interface Ranked {
  login: string;
  display_name: string;
  kind: "player" | "guest" | "bot";
  rating: number;
  deviation: number;
  games: number;
  provisional: boolean;
  places?: Record<string, number>;
}

interface Rating {
  speed?: "bullet" | "blitz" | "rapid" | "classical" | "days" | null;
  rating: number;
  deviation: number;
  games: number;
  wins: number;
  draws: number;
  losses: number;
  places?: Record<string, number>;
}

interface RatingChange {
  at: string;
  session_id: string | null;
  rating: number;
  deviation: number;
  place?: number | null;
  players?: number | null;
}

interface RatingHistory {
  items: Array<RatingChange>;
  next: string | null;
  speed?: "bullet" | "blitz" | "rapid" | "classical" | "days";
}

interface Relation {
  login: string;
  online: boolean;
  follows: boolean;
  blocks: boolean;
}

interface RematchAsked {
  status: "asked";
}

interface RematchCreated {
  status: "created";
  session_id: string;
}

interface Room {
  room_id: string;
  game: string;
  options: Record<string, any>;
  seats: number;
  players: Array<string>;
  owner: string;
  status: "open" | "filled" | "closed";
  created_at: string;
  session_id: string | null;
}

interface RoomPage {
  items: Array<Room>;
  next: string | null;
}

interface Score {
  winner: string | null;
  reason: string;
  by_player: Record<string, number>;
  places?: Record<string, number>;
  scores?: Record<string, number>;
  teams?: Record<string, number>;
}

interface SearchFound {
  status: "found";
  session_id: string;
  opponent: string;
  opponents?: Array<string>;
}

interface SearchIdle {
  status: "idle";
}

interface SearchStarted {
  status: "searching";
}

interface SearchWindow {
  window: number | null;
}

interface Searching {
  status: "searching";
  game: string;
  options: Record<string, any>;
  seats?: number;
  waited: number;
  searching: number;
  estimate: number | null;
}

interface ServerInfo {
  name: string;
  version: string;
  protocol: "1.0";
  games: Array<GameInfo>;
}

interface Session {
  session_id: string;
  game: string;
  game_version?: number;
  options: Record<string, any>;
  speed?: "bullet" | "blitz" | "rapid" | "classical" | "days";
  players: Array<string>;
  status: "active" | "ended";
  version: number;
  to_move: Array<string>;
  connected: Array<string>;
  spectators: number;
  result: Score | null;
  created_at: string;
  ended_at: string | null;
  deadlines?: Record<string, Record<string, string>> | null;
  state: any;
  legal: Array<any>;
  clocks: Record<string, number> | null;
  clock_details: Record<string, Record<string, number>> | null;
  draw_offered_by: string | null;
  takeback_offered_by: string | null;
  takebacks: boolean;
  out: Array<string>;
  claims: Array<string>;
  rematch_asked_by?: Array<string>;
}

interface SessionPage {
  items: Array<SessionSummary>;
  next: string | null;
}

interface SessionSummary {
  session_id: string;
  game: string;
  game_version?: number;
  options: Record<string, any>;
  speed?: "bullet" | "blitz" | "rapid" | "classical" | "days";
  players: Array<string>;
  status: "active" | "ended";
  version: number;
  to_move: Array<string>;
  connected: Array<string>;
  spectators: number;
  result: Score | null;
  created_at: string;
  ended_at: string | null;
  deadlines?: Record<string, Record<string, string>> | null;
}

interface Tokens {
  access_token: string;
  refresh_token: string;
  token_type: "Bearer";
  expires_in: number;
  login: string;
}

interface Methods {
  "accounts.get": {
    params: {
      login?: string | null;
    };
    result: Account;
  };
  "accounts.kinds": {
    params: {
      logins: Array<string>;
    };
    result: Kinds;
  };
  "accounts.update": {
    params: {
      display_name?: string | null;
      bio?: string | null;
    };
    result: Account;
  };
  "accounts.become_bot": {
    params: {};
    result: Account;
  };
  "accounts.delete": {
    params: {
      password: string;
    };
    result: Empty;
  };
  "accounts.leaderboard": {
    params: {
      game?: string;
      speed?: "bullet" | "blitz" | "rapid" | "classical" | "days" | null;
      limit?: number;
      after?: string | null;
    };
    result: Leaderboard;
  };
  "accounts.rating_history": {
    params: {
      login?: string | null;
      game?: string;
      speed?: "bullet" | "blitz" | "rapid" | "classical" | "days" | null;
      limit?: number;
      after?: string | null;
    };
    result: RatingHistory;
  };
  "auth.register": {
    params: {
      login: string;
      password: string;
    };
    result: Tokens;
  };
  "auth.guest": {
    params: {
      login?: string | null;
    };
    result: Tokens;
  };
  "auth.claim": {
    params: {
      password: string;
    };
    result: Empty;
  };
  "auth.login": {
    params: {
      login: string;
      password: string;
    };
    result: Tokens;
  };
  "auth.refresh": {
    params: {
      refresh_token: string;
    };
    result: Tokens;
  };
  "auth.logout": {
    params: {
      refresh_token?: string | null;
    };
    result: Empty;
  };
  "auth.authenticate": {
    params: {
      access_token: string;
    };
    result: Identity;
  };
  "auth.change_password": {
    params: {
      password: string;
      new_password: string;
    };
    result: Empty;
  };
  "accounts.relation": {
    params: {
      login: string;
    };
    result: Relation;
  };
  "accounts.follow": {
    params: {
      login: string;
    };
    result: Empty;
  };
  "accounts.unfollow": {
    params: {
      login: string;
    };
    result: Empty;
  };
  "accounts.block": {
    params: {
      login: string;
    };
    result: Empty;
  };
  "accounts.unblock": {
    params: {
      login: string;
    };
    result: Empty;
  };
  "accounts.following": {
    params: {
      limit?: number;
      after?: string | null;
    };
    result: ContactPage;
  };
  "accounts.blocked": {
    params: {
      limit?: number;
      after?: string | null;
    };
    result: ContactPage;
  };
  "accounts.online": {
    params: {
      kind?: "player" | "guest" | "bot" | null;
      limit?: number;
      after?: string | null;
    };
    result: ContactPage;
  };
  "accounts.recent": {
    params: {};
    result: Contacts;
  };
  "private_rooms.create": {
    params: {
      game?: string;
      options?: Record<string, any>;
      seats?: number | null;
    };
    result: PrivateRoom;
  };
  "private_rooms.join": {
    params: {
      connection_key: string;
    };
    result: PrivateRoom;
  };
  "private_rooms.leave": {
    params: {
      connection_key: string;
    };
    result: Empty;
  };
  "private_rooms.close": {
    params: {
      connection_key: string;
    };
    result: Empty;
  };
  "rooms.create": {
    params: {
      game?: string;
      options?: Record<string, any>;
      seats?: number | null;
    };
    result: Room;
  };
  "rooms.list": {
    params: {
      game?: string | null;
      limit?: number;
      after?: string | null;
    };
    result: RoomPage;
  };
  "rooms.get": {
    params: {
      room_id: string;
    };
    result: Room | PrivateRoom | Challenge;
  };
  "rooms.join": {
    params: {
      room_id: string;
    };
    result: Room;
  };
  "rooms.leave": {
    params: {
      room_id: string;
    };
    result: Empty;
  };
  "rooms.close": {
    params: {
      room_id: string;
    };
    result: Empty;
  };
  "rooms.challenge": {
    params: {
      login: string;
      others?: Array<string>;
      game?: string;
      options?: Record<string, any>;
      side?: "first" | "second" | "random";
    };
    result: Challenge;
  };
  "rooms.challenges": {
    params: {
      limit?: number;
      after?: string | null;
    };
    result: ChallengePage;
  };
  "rooms.accept": {
    params: {
      room_id: string;
    };
    result: Challenge;
  };
  "rooms.decline": {
    params: {
      room_id: string;
      reason?: "busy" | "later" | "game" | "options" | null;
    };
    result: Empty;
  };
  "searcher.start": {
    params: {
      game?: string;
      options?: Record<string, any>;
      rating_range?: number | null;
      seats?: number | null;
    };
    result: SearchStarted | SearchFound;
  };
  "searcher.stop": {
    params: {};
    result: Empty;
  };
  "searcher.status": {
    params: {};
    result: SearchIdle | Searching;
  };
  "searcher.window": {
    params: {};
    result: SearchWindow;
  };
  "searcher.accept": {
    params: {
      proposal_id: string;
    };
    result: MatchAccepted;
  };
  "server.info": {
    params: {};
    result: ServerInfo;
  };
  "sessions.connect": {
    params: {
      session_id: string;
      since?: number | null;
    };
    result: Connected;
  };
  "sessions.disconnect": {
    params: {
      session_id: string;
    };
    result: Empty;
  };
  "sessions.execute": {
    params: {
      session_id: string;
      command: Record<string, any>;
      command_id: string;
      version?: number | null;
    };
    result: Executed;
  };
  "sessions.get": {
    params: {
      session_id: string;
    };
    result: Session;
  };
  "sessions.history": {
    params: {
      session_id: string;
      since?: number | null;
      limit?: number | null;
      notation?: boolean;
    };
    result: History;
  };
  "sessions.initial_state": {
    params: {
      session_id: string;
    };
    result: InitialState;
  };
  "sessions.list": {
    params: {
      login?: string | null;
      game?: string | null;
      status?: "active" | "ended" | null;
      limit?: number;
      after?: string | null;
    };
    result: SessionPage;
  };
  "sessions.rematch": {
    params: {
      session_id: string;
    };
    result: RematchAsked | RematchCreated;
  };
  "sessions.export": {
    params: {
      session_id: string;
    };
    result: Export;
  };
}

}

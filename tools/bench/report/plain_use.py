"""What a move costs where the libraries are used in the plain way, for comparison."""

SECTION = """## The libraries in the plain way

What a move costs where the same libraries are used in the plain way: Nameko's consumers,
publishers and workers, kombu's JSON, a connection for each of a process's tasks, a greenthread for
each request of a client, wsproto's frames, and SQLAlchemy's unit of work with some ten round trips
to the database for a batch. That is commit `f8466b1f`, measured once on the same machine, in 50
games, by the same profiler: microseconds of CPU for a move. JSON is part of the messages and of the
database there. Production's set had two of each process.

| part of a move | gateway, default | sessions | gateway, production | sessions |
| --- | --- | --- | --- | --- |
| sockets of clients, WebSocket frames | 187 |  | 224 |  |
| messages through the broker | 213 | 202 | 374 | 388 |
| database |  | 306 |  | 557 |
| rules of the game |  | 24 |  | 49 |
| requests and events: checks, order, who hears what | 97 |  | 118 |  |
| commands: what each does to a session |  | 45 |  | 37 |
| logs, metrics, request ids | 77 | 38 | 103 | 79 |
| eventlet, other libraries, and the rest | 77 | 42 | 138 | 120 |
| all | 651 | 657 | 957 | 1,230 |

The broker took 316 and 436 there, PostgreSQL 538, and the services that begin games 299 and 410.
The rates were 560 and 425 moves/s; one game alone made 145 and 99."""

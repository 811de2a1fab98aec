-- Creates the databases of Arbiter: one for each ..._DB_URI except AUTH_TOKENS_DB_URI, which is not
-- used with Redis. PostgreSQL's image runs this once, when it has created its cluster. Otherwise
-- run: psql --file deploy/databases.sql
CREATE DATABASE accounts;
CREATE DATABASE auth;
CREATE DATABASE rooms;
CREATE DATABASE private_rooms;
CREATE DATABASE sessions;

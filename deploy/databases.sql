-- The databases of Arbiter, one for each ..._DB_URI but that of tokens, which are kept in Redis.
-- PostgreSQL's image runs this once, when it has
-- made its cluster; elsewhere: psql --file deploy/databases.sql
CREATE DATABASE accounts;
CREATE DATABASE auth;
CREATE DATABASE rooms;
CREATE DATABASE private_rooms;
CREATE DATABASE sessions;

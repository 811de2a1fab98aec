"""The script that commits a step on the Redis server: whole or not at all."""

# KEYS: the versions of tables, the id of the step, and then tables and orders, which are named by
# their places among the keys.
# ARGV: for how many seconds the id is remembered, a version that no table has had, how many there
# are of each kind, and then what was read (an empty text: nothing), what versions were, and what is
# written, dropped, placed and removed from its place.
COMMIT = """
if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
local at = 9
local function take()
  at = at + 1
  return ARGV[at - 1]
end
local function take_key()
  return KEYS[tonumber(take())]
end
for _ = 1, tonumber(ARGV[3]) do
  local table, key, value = take_key(), take(), take()
  if (redis.call('HGET', table, key) or '') ~= value then return 0 end
end
for _ = 1, tonumber(ARGV[4]) do
  local table, version = take_key(), take()
  if (redis.call('HGET', KEYS[1], table) or '') ~= version then return 0 end
end
for _ = 1, tonumber(ARGV[5]) do
  local table, key, value = take_key(), take(), take()
  redis.call('HSET', table, key, value)
  -- A table begins with a version that it has not had, so that none is taken for an earlier one.
  redis.call('HSETNX', KEYS[1], table, ARGV[2])
  redis.call('HINCRBY', KEYS[1], table, 1)
end
for _ = 1, tonumber(ARGV[6]) do
  local table, key = take_key(), take()
  redis.call('HDEL', table, key)
  if redis.call('EXISTS', table) == 1 then
    redis.call('HINCRBY', KEYS[1], table, 1)
  else
    redis.call('HDEL', KEYS[1], table)
  end
end
for _ = 1, tonumber(ARGV[7]) do
  local order, key, score = take_key(), take(), take()
  redis.call('ZADD', order, score, key)
end
for _ = 1, tonumber(ARGV[8]) do
  local order, key = take_key(), take()
  redis.call('ZREM', order, key)
end
redis.call('SET', KEYS[2], 1, 'EX', ARGV[1])
return 1
"""

-- Does to a session what sessionstore.Record.Apply does, or nothing.
--
-- KEYS[1]  the hash of the session
-- ARGV[1]  the moment, and what else is to be done: see order in update.go
-- ARGV     then fields and values to set, fields to delete, fields and the values that they must have ('' for none)
--
-- Returns 0 done, 1 no such session, 2 it has changed, 3 it cannot be read.
local key, order = KEYS[1], ARGV[1]
local at, sets, deletes, expects, clear, renew, lifetime, owner, rest = struct.unpack('>i8I4I4I4BBBB', order)

local meta = redis.call('HGET', key, '\0m')
if not meta then
	return redis.call('EXISTS', key) == 0 and 1 or 3
end
if #meta ~= 64 then
	return 3
end

-- What takes its place, part by part.
local created, terms, secret = meta:sub(1, 8), meta:sub(17, 32), meta:sub(33)

local function ending(seen)
	local idle, last = struct.unpack('>i8i8', terms)
	if last ~= -62135596800000 and last < seen + idle then
		return last
	end
	return seen + idle
end

if at >= ending((struct.unpack('>i8', meta, 9))) then
	return 1
end

local fields = {}
local function set(name, value)
	fields[#fields + 1], fields[#fields + 2] = name, value
end

if renew == 1 then
	if order:sub(rest, rest + 31) ~= secret then
		return 2
	end
	set('\0p', order:sub(1, 8) .. secret)
	secret, rest = order:sub(rest + 32, rest + 63), rest + 64
end

local first = 2 + 2 * sets + deletes
for i = first, first + 2 * expects - 1, 2 do
	if (redis.call('HGET', key, ARGV[i]) or '') ~= ARGV[i + 1] then
		return 2
	end
end

if lifetime == 1 then
	terms, rest = order:sub(rest, rest + 15), rest + 16
end
if owner == 1 then
	set('\0o', order:sub(rest))
end
set('\0m', created .. order:sub(1, 8) .. terms .. secret)

-- From here on nothing may fail. Lua hands at most some 8,000 values to a function.
local function each(command, from, to)
	for i = from, to, 4000 do
		redis.call(command, key, unpack(ARGV, i, math.min(i + 3999, to)))
	end
end

if clear == 1 then
	local kept = redis.call('HMGET', key, '\0p', '\0o')
	redis.call('DEL', key)
	if kept[1] then
		redis.call('HSET', key, '\0p', kept[1])
	end
	if kept[2] then
		redis.call('HSET', key, '\0o', kept[2])
	end
end
each('HDEL', 2 + 2 * sets, first - 1)
each('HSET', 2, 1 + 2 * sets)
redis.call('HSET', key, unpack(fields))
redis.call('PEXPIRE', key, string.format('%d', math.max(ending(at) - at, 0) + 60000))
return 0

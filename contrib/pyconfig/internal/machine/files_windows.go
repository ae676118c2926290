package machine

const nonBlocking = 0

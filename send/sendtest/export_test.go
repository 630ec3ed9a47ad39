package sendtest

// ParseRelaxed is the reader of relaxed JSON, for its tests.
var ParseRelaxed = parseRelaxed

package sendtest

// ParseRelaxed is the reader of relaxed JSON, for its tests.
var ParseRelaxed = parseRelaxed

// PageFields are the webhook fields of a Page, for the tests of what lists them.
var PageFields = pageFields

package bottest

// PlayScript plays one script, as Scripts does each, and ScriptFiles finds them.
var (
	PlayScript  = play
	ScriptFiles = scriptFiles
)

package router

// Place is where a person is in a conversation.
type Place struct {
	Conversation, State string
	Data                string // JSON; empty: nothing was answered yet
}

// ReplayPayload returns the payload of the quick reply that gives an earlier answer once more.
func ReplayPayload(conversation, state string) string {
	return (&level{frame: frame{Name: conversation, State: state}}).replayPayload()
}

// Places returns where stored frames say that a person is: the conversation that was entered first, then those
// that are each part of the one before.
func Places(stored []byte) ([]Place, error) {
	read, err := decodeFrames(stored)
	if err != nil {
		return nil, err
	}
	places := make([]Place, len(read.Stack))
	for i, f := range read.Stack {
		places[i] = Place{f.Name, f.State, string(f.Data)}
	}
	return places, nil
}

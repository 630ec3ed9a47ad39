package send

// ThreadControl says what becomes of the thread once a message has been sent.
//
// Source: Meta, Conversation Routing, 24 September 2025.
type ThreadControl struct {
	// Type is [ControlPass] or [ControlRelease]; Meta takes none as release.
	Type ControlType `json:"control_type,omitempty"`
	// AppID is the app that the thread is passed to; Meta takes none as the default app.
	AppID string `json:"app_id,omitempty"`
}

// ControlType is what a [ThreadControl] does.
type ControlType string

// The two kinds of thread control that go with a message.
const (
	ControlPass    ControlType = "pass"
	ControlRelease ControlType = "release"
)

// Folder is an inbox of the Page.
type Folder string

// FolderPartnership is the inbox of creators' partnerships.
const FolderPartnership Folder = "PARTNERSHIP"

// SuggestionAction is what became of a suggestion.
type SuggestionAction string

// The suggestion actions. Meta does not document them.
const (
	SuggestionAccept     SuggestionAction = "ACCEPT"
	SuggestionDismiss    SuggestionAction = "DISMISS"
	SuggestionImpression SuggestionAction = "IMPRESSION"
)

package send

// ThreadControl says what becomes of the thread once a message has been sent. It needs conversation routing
// to be on; else Meta refuses the message. It carries no metadata: [Client.PassThread] does.
//
// Source: Meta, Conversation Routing, 24 September 2025.
type ThreadControl struct {
	// Type is [ControlPass] or [ControlRelease]; Meta takes none as release.
	Type ControlType `json:"control_type,omitempty"`
	// AppID is the app that the thread is passed to; Meta takes none as the default app. It goes with
	// ControlPass only.
	AppID string `json:"app_id,omitempty"`
}

// ControlType is what a [ThreadControl] does.
type ControlType string

// The two kinds of thread control that go with a message.
//
// Source: Meta, Conversation Routing, 24 September 2025.
const (
	ControlPass    ControlType = "pass"    // to another app
	ControlRelease ControlType = "release" // to nobody
)

// Folder is an inbox of the Page.
//
// Source: Meta's machine-readable specification of the Graph API, 2026.
type Folder string

// FolderPartnership is the inbox of creators' partnerships.
const FolderPartnership Folder = "PARTNERSHIP"

// SuggestionAction is what became of a suggestion.
//
// Source: Meta's machine-readable specification of the Graph API, 2026.
type SuggestionAction string

// The suggestion actions. Meta does not document them.
const (
	SuggestionAccept     SuggestionAction = "ACCEPT"
	SuggestionDismiss    SuggestionAction = "DISMISS"
	SuggestionImpression SuggestionAction = "IMPRESSION"
)

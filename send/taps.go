package send

// Postbacks returns the buttons of m that come back to the bot with a payload when they are tapped, in the
// order in which they are shown.
func (m Message) Postbacks() []Button {
	if m.Attachment == nil {
		return nil
	}
	var found []Button
	switch t := m.Attachment.Payload.(type) {
	case *ButtonTemplate:
		found = postbacks(found, t.Buttons)
	case *GenericTemplate:
		for i := range t.Elements {
			found = postbacks(found, t.Elements[i].Buttons)
		}
	case *MediaTemplate:
		for i := range t.Elements {
			found = postbacks(found, t.Elements[i].Buttons)
		}
	default:
	}
	return found
}

// postbacks appends the postbacks among buttons to found.
func postbacks(found, buttons []Button) []Button {
	for i := range buttons {
		if buttons[i].Type == postback {
			found = append(found, buttons[i])
		}
	}
	return found
}

// Own reports whether q asks for the person's own phone number or e-mail address, which comes back as its
// payload.
func (q QuickReply) Own() bool {
	return q.ContentType == AskPhone().ContentType || q.ContentType == AskEmail().ContentType
}

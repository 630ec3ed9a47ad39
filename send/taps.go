package send

import "strings"

// Postbacks returns the buttons of m that come back to the bot as a postback when they are tapped, in the
// order in which they are shown; a picture of an image grid that does so counts as a button with its text as
// title. What comes back as another event is not among them: the code of a coupon, a request to opt in, a
// form, a game.
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
	case *ImageGridTemplate:
		for i := range t.Elements {
			found = gridPostbacks(found, t.Elements[i].Images)
			found = postbacks(found, t.Elements[i].Buttons)
		}
	default:
	}
	return found
}

// gridPostbacks appends what comes back from taps on images to found.
func gridPostbacks(found []Button, images []GridImage) []Button {
	for i := range images {
		if a := images[i].Action; a != nil && strings.EqualFold(a.Type, postback) {
			found = append(found, Postback(a.Text, a.Payload))
		}
	}
	return found
}

// postbacks appends the postbacks among buttons to found.
func postbacks(found, buttons []Button) []Button {
	for i := range buttons {
		if buttons[i].is(postback) {
			found = append(found, buttons[i])
		}
	}
	return found
}

// Own reports whether q asks for the person's own phone number or e-mail address, which comes back as its
// payload.
func (q QuickReply) Own() bool {
	return q.ContentType.is(ReplyPhone) || q.ContentType.is(ReplyEmail)
}

package send

// Offers is what a person can tap in a [Message] so that the bot hears of it.
type Offers struct {
	// Replies and Postbacks are the payloads of quick replies and of postback buttons, in order.
	Replies, Postbacks []string
	// Asks reports whether a quick reply asks for the person's phone number or e-mail address. Its payload
	// is what the person has told Messenger.
	Asks bool
}

// Offers returns what can be tapped in m.
func (m Message) Offers() Offers {
	var o Offers
	for i := range m.QuickReplies {
		if reply := &m.QuickReplies[i]; reply.ContentType == AskPhone().ContentType ||
			reply.ContentType == AskEmail().ContentType {
			o.Asks = true
		} else {
			o.Replies = append(o.Replies, reply.Payload)
		}
	}
	if m.Attachment == nil {
		return o
	}
	switch t := m.Attachment.Payload.(type) {
	case *ButtonTemplate:
		o.add(t.Buttons)
	case *GenericTemplate:
		for i := range t.Elements {
			o.add(t.Elements[i].Buttons)
		}
	case *MediaTemplate:
		for i := range t.Elements {
			o.add(t.Elements[i].Buttons)
		}
	default:
	}
	return o
}

// add takes the postbacks among buttons.
func (o *Offers) add(buttons []Button) {
	for i := range buttons {
		if buttons[i].Type == postback {
			o.Postbacks = append(o.Postbacks, buttons[i].Payload)
		}
	}
}

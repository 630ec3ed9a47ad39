package main

import "github.com/parleybot/parley/send"

// profile declares what people read and can tap before they write, and beside it. The bot sets it when it
// starts, where it differs from what stands.
func profile() *send.Profile {
	return &send.Profile{
		GetStarted: "START",
		Greeting: []send.Greeting{
			{Text: "Hi {{user_first_name}}, this is the corner café."},
			{Locale: "de_DE", Text: "Hallo {{user_first_name}}, hier ist das Café an der Ecke."},
		},
		IceBreakers: []send.IceBreakers{{Questions: []send.IceBreaker{
			{Question: "What can I drink?", Payload: "DRINKS"},
			{Question: "When are you open?", Payload: "HOURS"},
		}}},
		Menu: []send.Menu{
			{Items: []send.Button{
				send.Postback("Drinks", "DRINKS"), send.Postback("Cakes", "CAKES"),
				send.Postback("Opening hours", "HOURS"),
			}},
			{Locale: "de_DE", Items: []send.Button{
				send.Postback("Getränke", "DRINKS"), send.Postback("Kuchen", "CAKES"),
				send.Postback("Öffnungszeiten", "HOURS"),
			}},
		},
	}
}

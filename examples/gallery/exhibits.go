package main

import (
	"strings"

	"github.com/parleybot/parley/send"
)

// pictures is where the pictures are: Meta fetches them from there.
const pictures = "https://raw.githubusercontent.com/parleybot/parley/main/examples/pizza/pictures/"

// shop is where links lead to.
const shop = "https://shop.example/"

var story = strings.Repeat("Once upon a time there was a bot that did not know when to stop. ", 40)

var rooms = []room{
	{"Pictures", []exhibit{
		{"Picture", func() send.Message { return send.Image(pictures + "oven.png") }},
		{"Two pictures", func() send.Message {
			return send.Images(pictures+"oven.png", pictures+"margherita.png")
		}},
		{"Sticker", func() send.Message { return send.Sticker("369239263222822") }},
		{"File", func() send.Message {
			menu := []byte("Margherita, Funghi")
			return send.Upload(send.TypeFile, send.FromBytes("menu.txt", "text/plain", menu))
		}},
	}},
	{"Templates", []exhibit{
		{"Cards", cards},
		{"Receipt", receipt},
		{"Coupon", coupon},
		{"Grid", grid},
		{"Log in", func() send.Message {
			return send.Buttons("Who are you?", send.LogIn(shop+"login"), send.LogOut())
		}},
	}},
	{"Questions", []exhibit{
		{"Feedback", feedback},
		{"Address", func() send.Message {
			return send.Template(&send.InformationTemplate{Privacy: send.Privacy{URL: shop + "privacy"}})
		}},
		{"Tell me later", func() send.Message { return send.AskOneTime("Shall I tell you?", "LATER") }},
		{"Phone", func() send.Message { return send.Text("Your number?").WithQuickReplies(send.AskPhone()) }},
	}},
}

func cards() send.Message {
	return send.Carousel(
		send.Element{
			Title: "Margherita", Subtitle: "tomato, mozzarella", ImageURL: pictures + "margherita.png",
			Buttons: []send.Button{send.Postback("Look", "SHOW:margherita"), send.Link("Open", shop)},
		},
		send.Element{
			Title: "Funghi", Subtitle: "mushrooms", ImageURL: pictures + "funghi.png",
			Buttons: []send.Button{send.Postback("Look", "SHOW:funghi"), send.Call("Call", "+12025550123")},
		},
	)
}

func receipt() send.Message {
	return send.Template(&send.ReceiptTemplate{
		RecipientName: "Ana", OrderNumber: "A-1001", Currency: "EUR", PaymentMethod: "Cash",
		Elements: []send.ReceiptElement{
			{Title: "Margherita", Quantity: 2, Price: "9.50"},
			{Title: "Funghi", Quantity: 1, Price: "11.00"},
		},
		Summary: send.ReceiptSummary{Subtotal: "30.00", ShippingCost: "2.50", TotalCost: "32.50"},
	})
}

func coupon() send.Message {
	return send.Template(&send.CouponTemplate{
		Title: "A pizza on the house", Code: "GALLERY", Payload: "GALLERY",
	})
}

func grid() send.Message {
	return send.ImageGrid(send.GridElement{
		Title: "Two pizzas",
		Images: []send.GridImage{
			{URL: pictures + "margherita.png", Action: send.GridPostback("Margherita", "SHOW:margherita")},
			{URL: pictures + "funghi.png", Action: send.GridPostback("Funghi", "SHOW:funghi")},
		},
	})
}

func feedback() send.Message {
	return send.Template(&send.FeedbackTemplate{
		Title: "How did you like it?", Subtitle: "Your visit to the gallery", ButtonTitle: "Rate",
		Screens: []send.FeedbackScreen{{Questions: []send.Question{{
			ID: "visit", Type: send.QuestionCSAT,
			FollowUp: &send.FollowUp{Type: send.QuestionFreeForm, Placeholder: "Tell us more"},
		}}}},
		Privacy: send.Privacy{URL: shop + "privacy"},
	})
}

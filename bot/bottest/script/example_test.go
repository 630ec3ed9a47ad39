package script_test

import (
	"encoding/json"
	"fmt"

	"github.com/parleybot/parley/bot/bottest/script"
)

func ExampleLine() {
	fmt.Println(script.Line{Person: "Ana", Mark: '>', Text: "[now]"})
	menu := script.Line{Mark: '>', Word: "menu", Offers: []string{"Help"}, Text: "HELP"}
	item, _ := json.Marshal(menu.Event("").Item)
	fmt.Println(menu)
	fmt.Println(string(item))
	// Output:
	// Ana> \[now\]
	// > (menu) [Help] HELP
	// {"postback":{"payload":"HELP","title":"Help"}}
}

func ExampleOutbound_Shown() {
	out := script.Outbound{Params: json.RawMessage(`{"message":{
		"attachment":{"type":"template","payload":{"template_type":"generic","elements":[
			{"title":"Pie","subtitle":"Warm","buttons":[
				{"type":"postback","title":"Order","payload":"PIE"},
				{"type":"web_url","title":"Look","url":"https://shop.example"}]}]}},
		"quick_replies":[{"content_type":"user_email"}]}}`)}
	shown, _ := out.Shown()
	fmt.Println(shown)
	for _, tap := range shown.Taps {
		_, heard := tap.Event("")
		fmt.Printf("%q on %q: heard %t\n", tap.Title, tap.Card, heard)
	}
	// Output:
	// <  [user_email]
	// * Pie
	// | Warm  [Order] [Look]
	// "Order" on "Pie": heard true
	// "Look" on "Pie": heard false
	// "user_email" on "": heard true
}

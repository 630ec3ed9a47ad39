package pizzeria

import (
	"fmt"

	"github.com/parleybot/parley/send"
)

// pictures is where Messenger finds the pictures of the folder beside this package.
const pictures = "https://raw.githubusercontent.com/parleybot/parley/main/examples/pizza/pictures/"

// card is what we bake. Prices are in cents.
var card = []struct {
	Name, Topping, Picture string
	Price                  int
}{
	{"Margherita", "tomato, mozzarella and basil", pictures + "margherita.png", 900},
	{"Funghi", "mushrooms, mozzarella and thyme", pictures + "funghi.png", 1050},
	{"Diavola", "spicy salami and chili", pictures + "diavola.png", 1150},
}

// What a size costs more than a small pizza, and bringing one to the door.
var (
	sizes    = []string{"Small", "Medium", "Large"}
	surplus  = map[string]int{"Small": 0, "Medium": 250, "Large": 450}
	bringing = 300
)

// carousel shows the card. A tap on a pizza comes back with its name, as if it had been typed.
func carousel() send.Message {
	var elements []send.Element
	for _, p := range card {
		elements = append(elements, send.Element{
			Title: p.Name, Subtitle: "From " + euros(p.Price) + ", with " + p.Topping, ImageURL: p.Picture,
			Buttons: []send.Button{send.Postback(p.Name, p.Name)},
		})
	}
	return send.Carousel(elements...)
}

// names returns the pizzas by name.
func names() []string {
	var all []string
	for _, p := range card {
		all = append(all, p.Name)
	}
	return all
}

// price returns what the pizzas of an order cost.
func price(o Order) int {
	for _, p := range card {
		if p.Name == o.Pizza {
			return o.Count * (p.Price + surplus[o.Size])
		}
	}
	return 0
}

// total returns what it costs together with bringing it.
func total(o Order) int {
	if o.Delivery {
		return price(o) + bringing
	}
	return price(o)
}

// receipt is a card with what was ordered. Its button stays, and begins another order.
func receipt(o Order) send.Message {
	shown := send.Element{
		Title: o.String(), Subtitle: "Together: " + euros(total(o)),
		Buttons: []send.Button{send.Postback("Order again", "ORDER")},
	}
	for _, p := range card {
		if p.Name == o.Pizza {
			shown.ImageURL = p.Picture
		}
	}
	return send.Carousel(shown)
}

func euros(cents int) string { return fmt.Sprintf("€%d.%02d", cents/100, cents%100) }

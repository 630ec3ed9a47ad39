package send_test

import (
	"context"
	"fmt"
	"log"

	"github.com/parleybot/parley/send"
	"github.com/parleybot/parley/send/sendtest"
)

// shop returns a client of a Page that has the template order_update.
func shop() *send.Client {
	graph := new(sendtest.Graph) // stands in for Meta
	graph.Change(func(s *sendtest.State) {
		s.Library = []map[string]any{{
			"name": "order_confirmation_1", "language": "en", "body": "Hi {{1}}, your order has come.",
		}}
	})
	client, err := send.New(send.Config{Token: "PAGE_TOKEN", HTTP: graph.Client()})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.CreateTemplate(context.Background(), send.TemplateDefinition{
		Name: "order_update", Language: "en",
		Parts: []send.TemplatePart{send.BodyText("Order {{1}} is on its way.", send.Value("566701"))},
	})
	if err != nil {
		log.Fatal(err)
	}
	return client
}

func ExampleClient_CreateTemplate() {
	client := shop()
	made, err := client.CreateTemplate(context.Background(), send.TemplateDefinition{
		Name: "order_arrived", Language: "en", Named: true,
		Parts: []send.TemplatePart{
			send.TextHeader("Order {{number}}", send.NamedValue("number", "566701")),
			send.BodyText("Hi {{name}}, it is there!", send.NamedValue("name", "Ada")),
			send.TemplateButtons(
				send.PostbackButton("Something is wrong", "COMPLAIN"),
				send.URLButton("See it", "https://shop.example/{{1}}", "https://shop.example/566701"),
			),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.Name, made.Status)

	_, err = client.Send(context.Background(), send.Request{
		To: send.Person("7100000000000001"), Type: send.TypeUtility,
		Message: send.UtilityMessage("order_arrived", "en",
			send.Header(send.NamedValue("number", "566702")),
			send.Body(send.NamedValue("name", "Grace")),
			send.ButtonValues(send.URLValue("566702")),
		),
	})
	fmt.Println(err)
	// Output:
	// order_arrived APPROVED
	// <nil>
}

// A message that does not fit its template is refused before it goes out.
func ExampleClient_Send_utilityTemplate() {
	client := shop()
	for _, message := range []send.Message{
		send.UtilityMessage("order_update", "en", send.Body(send.Value("566702"))),
		send.UtilityMessage("order_update", "en"),
		send.UtilityMessage("order_update", "de", send.Body(send.Value("566702"))),
	} {
		_, err := client.Send(context.Background(), send.Request{
			To: send.Person("7100000000000001"), Message: message, Type: send.TypeUtility,
		})
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// send: message.template.components: 0 for the body, the template wants 1: {{1}}
	// send: message.template.language.code: the template is not in this language: want en
}

func ExampleTemplateDefinition_Validate() {
	fmt.Println(send.TemplateDefinition{
		Name: "order_update", Language: "en",
		Parts: []send.TemplatePart{send.BodyText("{{1}}, your order {{3}} is on its way.")},
	}.Validate())
	// Output:
	// send: components[0].text: a parameter at the start or the end, where Meta takes none
	// send: components[0].text: 2 parameters without {{2}}: want {{1}}, {{2}} and so on
}

func ExampleImageHeader() {
	fmt.Println(send.TemplateDefinition{
		Name: "order_update", Language: "en",
		Parts: []send.TemplatePart{send.ImageHeader(""), send.BodyText("It is on its way.")},
	}.Validate())
	// Output: send: components[0].example.header_handle: missing
}

func ExampleClient_Templates() {
	client := shop()
	for template, err := range client.Templates(context.Background(), send.TemplateQuery{Name: "order"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(template.Name, template.Language, template.Status)
	}
	// Output: order_update en APPROVED
}

func ExampleClient_FindTemplate() {
	client := shop()
	_, err := client.FindTemplate(context.Background(), "order_update", "de")
	fmt.Println(err)
	// Output: send: invalid: the Page has no template of that name and language
}

func ExampleClient_DeleteTemplate() {
	client := shop()
	fmt.Println(client.DeleteTemplate(context.Background(), "order_update", ""))
	// Output: <nil>
}

func ExampleClient_TemplateLibrary() {
	client := shop()
	for template, err := range client.TemplateLibrary(context.Background(), send.LibraryQuery{Anywhere: "order"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(template.Name+":", template.Body)
	}
	// Output: order_confirmation_1: Hi {{1}}, your order has come.
}

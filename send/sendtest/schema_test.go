package sendtest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// open are the objects whose keys are not judged.
func open(path string) bool {
	return path == ""
}

// walk calls visit with each object in v and its path.
func walk(v any, path string, visit func(path string, object map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(path, v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walk(v[key], path+"/"+key, visit)
		}
	case []any:
		for i, item := range v {
			walk(item, fmt.Sprint(path, "/", i), visit)
		}
	}
}

// TestUnknownKeysAnywhere puts a key that Meta does not know into every object of every accepted call: S05.
func TestUnknownKeysAnywhere(t *testing.T) {
	objects := 0
	for name, body := range accepted() {
		if name == "airline" || name == "payload as a string" {
			continue
		}
		seen := map[string]bool{} // of an array's items the first will do
		call := decode(t, body)
		walk(call, "", func(path string, object map[string]any) {
			generic := strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return '#'
				}
				return r
			}, path)
			if open(path) || seen[generic] {
				return
			}
			seen[generic] = true
			objects++
			object["zzz"] = "x"
			defer delete(object, "zzz")
			changed, err := json.Marshal(call)
			if err != nil {
				t.Fatal(err)
			}
			g := &sendtest.Graph{Now: atNoon}
			got := post(t, g, string(changed))
			if !strings.HasPrefix(got.Error.Message, `(#100) Invalid keys "zzz" were found in param "`) {
				t.Errorf("%s: a key in %s: %s", name, path, got.body)
			}
		})
	}
	if objects < 100 {
		t.Errorf("only %d objects", objects)
	}
}

// TestRequiredFields takes fields away that Meta requires.
func TestRequiredFields(t *testing.T) {
	const form = `{"template_type":"customer_information","business_privacy":{"url":"https://a.example"}}`
	for payload, fields := range map[string][]string{
		feedbackPayload: {
			`"title":"T",`, `"subtitle":"S",`, `"button_title":"B",`, `"id":"q_1",`, `"type":"csat",`,
			`"url":"https://shop.example/privacy"`, `"business_privacy":{"url":"https://shop.example/privacy"},`,
		},
		form: {`,"business_privacy":{"url":"https://a.example"}`, `"url":"https://a.example"`},
		`{"template_type":"instant_form","form_id":"1"}`:                                                                   {`,"form_id":"1"`},
		`{"template_type":"one_time_notif_req","title":"T","payload":"P"}`:                                                 {`,"title":"T"`, `,"payload":"P"`},
		`{"template_type":"coupon","title":"T","coupon_code":"C"}`:                                                         {`"title":"T",`},
		`{"template_type":"product","elements":[{"id":"1"}]}`:                                                              {`,"elements":[{"id":"1"}]`},
		`{"template_type":"button","text":"T","buttons":[` + postback + `]}`:                                               {`"title":"Yes",`},
		`{"template_type":"button","text":"T","buttons":[{"type":"game_play","title":"Play"}]}`:                            {`,"title":"Play"`},
		`{"template_type":"button","text":"T","buttons":[{"type":"phone_number","title":"Call","payload":"+1"}]}`:          {`,"title":"Call"`},
		`{"template_type":"button","text":"T","buttons":[{"type":"web_url","title":"Go","url":"https://shop.example"}]}`:   {`,"title":"Go"`},
		`{"template_type":"media","elements":[{"media_type":"image","url":"https://www.facebook.com/photo.php?fbid=1"}]}`:  {`"media_type":"image",`},
		`{"template_type":"image_grid","elements":[{"images":[{"url":"https://a.example"},{"url":"https://b.example"}]}]}`: {`"url":"https://b.example"`},
		`{"template_type":"customer_information","business_privacy":{"url":"https://a.example"},"countries":["US"]}`:       {`,"business_privacy":{"url":"https://a.example"}`},
	} {
		if got := post(t, &sendtest.Graph{Now: atNoon}, template(payload)); got.status != http.StatusOK {
			t.Errorf("%s: %s", payload, got.body)
		}
		for _, field := range fields {
			got := post(t, &sendtest.Graph{Now: atNoon}, change(payload, field, ""))
			if got.status != http.StatusBadRequest || got.Error.Code != 100 {
				t.Errorf("without %s: %s", field, got.body)
			}
		}
	}
}

// TestWrongKinds puts a value of another kind where Meta's schema has a string, an array or an object.
func TestWrongKinds(t *testing.T) {
	for name, body := range map[string]string{
		"metadata":          message(`{"text":"a","metadata":1}`),
		"quick reply title": message(`{"text":"a","quick_replies":[{"content_type":"text","title":1,"payload":"P"}]}`),
		"quick reply":       message(`{"text":"a","quick_replies":["b"]}`),
		"attachment":        message(`{"attachment":"image"}`),
		"attachments":       message(`{"attachments":{"type":"image"}}`),
		"payload":           message(`{"attachment":{"type":"image","payload":"a"}}`),
		"template":          message(`{"template":"n"}`),
		"language":          message(`{"template":{"name":"n","language":"en"}}`),
		"components":        message(`{"template":{"name":"n","language":{"code":"en"},"components":{}}}`),
		"component type":    message(`{"template":{"name":"n","language":{"code":"en"},"components":[{"type":"footer"}]}}`),
		"component no type": message(`{"template":{"name":"n","language":{"code":"en"},"components":[{}]}}`),
		"parameter no type": message(`{"template":{"name":"n","language":{"code":"en"},"components":[{"type":"body","parameters":[{"text":"1"}]}]}}`),
		"dynamic text":      message(`{"dynamic_text":{"fallback_text":"Hi"}}`),
		"name":              `{"recipient":{"phone_number":"+1","name":{"first":"A"}},` + hi + `}`,
		"element":           generic(`["e"]`),
		"subtitle":          generic(`[{"title":"a","subtitle":1}]`),
		"default action":    generic(`[{"title":"a","subtitle":"s","default_action":"https://a.example"}]`),
		"default type":      generic(`[{"title":"a","default_action":{"type":"postback","url":"https://a.example"}}]`),
		"element buttons":   generic(`[{"title":"a","subtitle":"s","buttons":{}}]`),
		"element button":    generic(`[{"title":"a","buttons":[{"type":"postback"}]}]`),
		"buttons":           buttons(`{}`),
		"height":            buttons(`[{"type":"web_url","title":"a","url":"https://a.example","webview_height_ratio":"huge"}]`),
		"media element":     template(`{"template_type":"media","elements":["e"]}`),
		"media buttons":     template(`{"template_type":"media","elements":[{"media_type":"image","url":"https://www.facebook.com/photo.php?fbid=1","buttons":[]}]}`),
		"grid buttons":      change(gridPayload, `"title":"T"`, `"buttons":[]`),
		"grid action":       change(gridPayload, `{"type":"web_url","url":"https://a.example"}`, `"tap"`),
		"countries":         template(`{"template_type":"customer_information","business_privacy":{"url":"https://a.example"},"countries":"US"}`),
		"purpose":           template(`{"template_type":"customer_information","business_privacy":{"url":"https://a.example"},"purpose":"TAX"}`),
		"question type":     change(feedbackPayload, `"csat"`, `"poll"`),
		"question length":   change(feedbackPayload, `"How was it?"`, `"`+letters(86)+`"`),
		"score label":       change(feedbackPayload, `"neg_pos"`, `"good"`),
		"follow-up":         change(feedbackPayload, `"free_form"`, `"csat"`),
		"null quick reply":  message(`{"text":"a","quick_replies":[null]}`),
		"null attachment":   message(`{"attachments":[null]}`),
		"null component":    message(`{"template":{"name":"n","language":{"code":"en"},"components":[null]}}`),
		"null element":      generic(`[null]`),
		"null media":        template(`{"template_type":"media","elements":[null]}`),
		"null button":       buttons(`[null]`),
		"null poll option":  message(`{"text":"a","quick_replies":[{"content_type":"poll","data":{"poll_options":[null]}}]}`),
		"postback object":   buttons(`[{"type":"postback","title":"a","payload":{"a":1}}]`),
		"postback array":    buttons(`[{"type":"postback","title":"a","payload":["a"]}]`),
		"reply payload":     message(`{"text":"a","quick_replies":[{"content_type":"text","title":"a","payload":true}]}`),
		"expires in NaN":    change(feedbackPayload, `"expires_in_days":3`, `"expires_in_days":"NaN"`),
		"expires in 1.5":    change(feedbackPayload, `"expires_in_days":3`, `"expires_in_days":1.5`),
		"address":           change(receiptPayload, `{"street_1":"1 Way","city":"C","postal_code":"1","state":"CA","country":"US"}`, `"1 Way"`),
	} {
		t.Run(name, func(t *testing.T) {
			got := post(t, &sendtest.Graph{Now: atNoon}, body)
			if got.status != http.StatusBadRequest || got.Error.Message == "" {
				t.Errorf("%s", got.body)
			}
		})
	}
}

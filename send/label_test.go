package send_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/parleybot/parley/send"
)

// Source: Meta, Custom Labels, 2026.
func TestLabelsOnTheWire(t *testing.T) {
	t.Parallel()
	const fields = "fields=id%2Cpage_label_name"
	client, graph := scripted(t, send.Config{}, `{"id":"55001"}`, `{"success":true}`, `{"success":true}`,
		`{"data":[{"id":55001,"page_label_name":"VIP"}],"paging":{"cursors":{"after":"a"},"next":"https://graph.example"}}`,
		`{"data":[{"id":"55002","page_label_name":"Late"}]}`,
		`{"data":[{"id":"55001","page_label_name":"VIP"}]}`, `{"success":true}`)
	ctx := t.Context()
	id, err := client.CreateLabel(ctx, "VIP")
	if err != nil || id != "55001" {
		t.Errorf("CreateLabel = %q, %v", id, err)
	}
	if err := errors.Join(client.Label(ctx, id, person), client.Unlabel(ctx, id, person)); err != nil {
		t.Error(err)
	}
	var labels []send.Label
	for label, err := range client.Labels(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, label)
	}
	for label, err := range client.LabelsOf(ctx, person) {
		if err != nil {
			t.Fatal(err)
		}
		labels = append(labels, label)
	}
	vip := send.Label{ID: "55001", Name: "VIP"}
	if want := []send.Label{vip, {ID: "55002", Name: "Late"}, vip}; !cmp.Equal(labels, want) {
		t.Errorf("labels %+v, want %+v", labels, want)
	}
	if err := client.DeleteLabel(ctx, id); err != nil {
		t.Error(err)
	}
	graph.want(t,
		peopleCall{"POST", "me/custom_labels", `{"page_label_name":"VIP"}`},
		peopleCall{"POST", "55001/label", `{"user":"7100000000000001"}`},
		peopleCall{"DELETE", "55001/label", "user=7100000000000001"},
		peopleCall{"GET", "me/custom_labels", fields},
		peopleCall{"GET", "me/custom_labels", "after=a&" + fields},
		peopleCall{"GET", "7100000000000001/custom_labels", fields},
		peopleCall{"DELETE", "55001", ""},
	)
}

func TestLabelsRefused(t *testing.T) {
	t.Parallel()
	client, graph := scripted(t, send.Config{})
	ctx := t.Context()
	_, err := client.CreateLabel(ctx, "")
	wantField(t, err, "page_label_name")
	wantField(t, client.Label(ctx, "", person), "label_id")
	wantField(t, client.Label(ctx, "55001", ""), "user")
	wantField(t, client.Unlabel(ctx, "1/2", "a/b"), "label_id", "user")
	wantField(t, client.DeleteLabel(ctx, ""), "label_id")
	for _, err := range client.LabelsOf(ctx, "") {
		wantField(t, err, "psid")
	}
	graph.want(t)

	tests := map[string]struct {
		answer string
		class  error
	}{
		"terms not accepted": {`{"error":{"message":"x","code":2,"error_subcode":2018344}}`, send.ErrPermission},
		"no success":         {`{"success":false}`, nil},
		"no answer":          {"", send.ErrUnsure},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := scripted(t, send.Config{}, test.answer)
			if err := client.Label(ctx, "55001", person); err == nil || test.class != nil && !errors.Is(err, test.class) {
				t.Errorf("Label = %v, want %v", err, test.class)
			}
		})
	}
	for _, answer := range []string{`{"success":true}`, `{"id":null}`, `{"id":{"id":"1"}}`, `{"id":[1]}`, `{"id":true}`} {
		client, _ = scripted(t, send.Config{}, answer)
		if id, err := client.CreateLabel(ctx, "VIP"); id != "" || !errors.Is(err, send.ErrUnsure) {
			t.Errorf("CreateLabel answered with %s = %q, %v; want ErrUnsure", answer, id, err)
		}
	}
}

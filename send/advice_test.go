package send_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

func TestAdvice(t *testing.T) {
	t.Parallel()
	closed := send.Purpose{Window: send.Window{Opened: time.Unix(1, 0)}, Now: time.Unix(1e9, 0)}
	_, _, outside := send.Classify(closed)
	closed.Tag = send.TagAccountUpdate
	_, _, retired := send.Classify(closed)
	tests := map[string]struct {
		err  error
		want string // part of the advice
	}{
		"nothing wrong":           {nil, ""},
		"refused by Meta":         {&send.Error{Code: 10, Subcode: 2018300}, "until the thread is passed back"},
		"wrapped":                 {fmt.Errorf("order: %w", &send.Error{Code: 190}), "Replace the Page token"},
		"a field":                 {send.Text("").Validate(send.Messenger), "Correct the field"},
		"window closed, no call":  {outside, "utility template"},
		"tag retired, no call":    {retired, "utility template"},
		"a retired content type":  {send.Text("?").WithQuickReplies(send.QuickReply{ContentType: send.ReplyLocation}).Validate(0), "Correct the field"},
		"unreachable, no call":    {fmt.Errorf("%w since noon", send.ErrUnreachable), "until the person writes"},
		"no turn":                 {fmt.Errorf("%w: no turn", send.ErrRateLimited), "less"},
		"unsure":                  {fmt.Errorf("%w: cut off", send.ErrUnsure), "may have arrived"},
		"somebody else's":         {context.Canceled, ""},
		"a wrong appsecret_proof": {&send.Error{Code: 100, Type: "GraphMethodException"}, "app secret"},
		"an object unknown":       {&send.Error{Code: 100, Subcode: 33, Type: "GraphMethodException"}, "ID in the path"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := send.Advice(test.err)
			if (test.want == "") != (got == "") || !strings.Contains(got, test.want) {
				t.Errorf("Advice(%v) = %q, want %q in it", test.err, got, test.want)
			}
		})
	}
}

func ExampleAdvice() {
	err := send.Text("").Validate(send.Messenger)
	fmt.Println(err)
	fmt.Println(send.Advice(err))
	fmt.Println(send.Advice(errors.Join(&send.Error{Code: 551})))
	// Output:
	// send: message: empty: want a text or an attachment
	// Correct the field that the error names: the same call never succeeds.
	// Send nothing until the person writes again.
}

package browsertest

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"
)

// Pictures answers what the page fetches from addresses that begin with address, as if the files of folder
// were there: tests have no network.
func (b *Tab) Pictures(address, folder string) {
	b.tb.Helper()
	ctx, stop := context.WithCancel(b.ctx)
	asked, ended := make(chan *fetch.EventRequestPaused, 100), make(chan struct{})
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*fetch.EventRequestPaused); ok {
			asked <- e // answered elsewhere: no command runs in here
		}
	})
	if err != nil {
		b.tb.Fatal(err)
	}
	go func() {
		defer close(ended)
		for {
			select {
			case e := <-asked:
				b.picture(ctx, e, strings.TrimPrefix(e.Request.URL, address), folder)
			case <-ctx.Done():
				return
			}
		}
	}()
	b.tb.Cleanup(func() {
		stop()
		<-ended
	})
	_, err = chromedp.Call(b.ctx, fetch.Enable, fetch.EnableParams{
		Patterns: []*fetch.RequestPattern{{URLPattern: address + "*"}},
	})
	if err != nil {
		b.tb.Fatal(err)
	}
}

// picture answers one request with a file.
func (b *Tab) picture(ctx context.Context, asked *fetch.EventRequestPaused, name, folder string) {
	answer := fetch.FulfillRequestParams{RequestID: asked.RequestID, ResponseCode: http.StatusOK}
	var err error
	//nolint:gosec // a file of the folder that the test names
	if answer.Body, err = os.ReadFile(filepath.Join(folder, filepath.Base(name))); err != nil {
		answer.ResponseCode = http.StatusNotFound
	}
	kind := http.DetectContentType(answer.Body)
	answer.ResponseHeaders = []*fetch.HeaderEntry{{Name: "Content-Type", Value: kind}}
	if _, err := chromedp.Call(ctx, fetch.FulfillRequest, answer); err != nil && ctx.Err() == nil {
		b.tb.Errorf("the request for %s cannot be answered: %v", name, err)
	}
}

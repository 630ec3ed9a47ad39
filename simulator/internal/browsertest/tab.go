package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long the browser may take for one step.
const patience = time.Minute

// Tab is the simulator's page in a browser. A Tab is for one goroutine.
type Tab struct {
	tb  testing.TB
	ctx context.Context
	dir string // for screenshots

	mu       sync.Mutex
	problems []string // what the browser's console says
}

// Open opens page in a browser with a profile of its own. It skips the test where there is none.
func Open(tb testing.TB, page string) *Tab {
	tb.Helper()
	var browser string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		tb.Skip("no chromium, chromium-browser or google-chrome on PATH")
	}
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		dir = tb.TempDir()
	}
	alloc, freeAlloc := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(browser), chromedp.UserDataDir(tb.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("disable-dev-shm-usage", true),
	)
	ctx, freeTab := chromedp.NewContext(alloc)
	tb.Cleanup(func() {
		limited, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_ = chromedp.Cancel(limited) // waits until the browser has ended
		freeTab()
		freeAlloc()
	})
	b := &Tab{tb: tb, ctx: ctx, dir: dir}
	if err := chromedp.Listen(ctx, b.listen); err != nil { // starts the browser
		tb.Fatal(err)
	}
	b.Size(1280, 800)
	b.do(chromedp.Navigate(page))
	return b
}

// listen notes what the console says.
func (b *Tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *cdpruntime.EventConsoleAPICalled:
		b.problems = append(b.problems, fmt.Sprintf("console.%s", e.Type))
	case *cdpruntime.EventExceptionThrown:
		b.problems = append(b.problems, fmt.Sprintf("exception: %+v", e.ExceptionDetails))
	case *log.EventEntryAdded:
		b.problems = append(b.problems, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
	}
}

// Quiet fails the test if the console has said anything.
func (b *Tab) Quiet() {
	b.tb.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, problem := range b.problems {
		b.tb.Errorf("the browser says: %s", problem)
	}
}

func (b *Tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.tb.Fatal(err)
	}
}

// JS evaluates a JavaScript expression. A promise is waited for.
func (b *Tab) JS(expression string) string {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	script := "(async () => String(await (" + expression + ")))()"
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.tb.Fatalf("%s: %v", expression, err)
	}
	return got
}

// Say types text and presses Enter as a keyboard does.
func (b *Tab) Say(text string) {
	b.tb.Helper()
	b.do(chromedp.SendKeys(chromedp.CSS("#text"), text))
	for _, kind := range []input.DispatchKeyEventType{
		input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp,
	} {
		_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{
			Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, NativeVirtualKeyCode: 13,
		})
		if err != nil {
			b.tb.Fatal(err)
		}
	}
}

// Click clicks the nth element, from 0, that a selector finds.
func (b *Tab) Click(selector string, n int) {
	b.tb.Helper()
	b.Until(fmt.Sprintf("document.querySelectorAll(%q).length > %d", selector, n))
	b.JS(fmt.Sprintf("document.querySelectorAll(%q)[%d].click()", selector, n))
}

// Until waits until a JavaScript expression is true. (The polling of chromedp needs eval, which the page's
// policy forbids.)
func (b *Tab) Until(expression string) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	script := `new Promise((done) => {
		const observer = new MutationObserver(look);
		function look() {
			if (!(` + expression + `)) return;
			observer.disconnect();
			done(true);
		}
		observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
		look();
	})`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise)); err != nil {
		b.tb.Fatalf("%s: %v; the page shows:\n%s", expression, err, b.JS("document.body.innerText"))
	}
}

// Last waits until the newest message of a side reads want.
func (b *Tab) Last(side, want string) {
	b.tb.Helper()
	const newest = "[...document.querySelectorAll('.message.%s .bubble')].at(-1)?.textContent === %q"
	b.Until(fmt.Sprintf(newest, side, want))
}

// Same fails the test unless a JavaScript expression gives want.
func (b *Tab) Same(expression, want string) {
	b.tb.Helper()
	if got := b.JS(expression); got != want {
		b.tb.Errorf("%s: got %q, want %q", expression, got, want)
	}
}

// Size gives the tab a width and a height, in CSS pixels.
func (b *Tab) Size(width, height int64) {
	b.tb.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// Reload loads the page again.
func (b *Tab) Reload() {
	b.tb.Helper()
	b.do(chromedp.Reload())
}

// Screenshot saves what the tab shows as name.png.
func (b *Tab) Screenshot(name string) {
	b.tb.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.dir, name+".png"), png, 0o600); err != nil {
		b.tb.Fatal(err)
	}
}

// Dark makes the browser ask for the dark look, or for the light one again.
func (b *Tab) Dark(on bool) {
	b.tb.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		b.tb.Fatal(err)
	}
}

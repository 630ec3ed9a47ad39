package send_test

import (
	"errors"
	"testing"
	"time"

	"github.com/parleybot/parley/send"
)

const day = 24 * time.Hour

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// opened is a window that was opened so long before noon.
func opened(ago time.Duration) send.Window { return send.Window{Opened: noon.Add(-ago)} }

// byAd is a window that an ad opened so long before noon.
func byAd(ago time.Duration) send.Window { return send.Window{Opened: noon.Add(-ago), By: send.ByAd} }

// TestClassify has the rows of the rule, which policy spells out, at their edges.
func TestClassify(t *testing.T) {
	t.Parallel()
	type purpose = send.Purpose
	tests := map[string]struct {
		purpose purpose
		want    send.MessagingType
		tag     send.Tag
		err     error
	}{
		"reply at once":                        {purpose{Reply: true, Window: opened(0)}, send.TypeResponse, "", nil},
		"reply at exactly 24 h":                {purpose{Reply: true, Window: opened(day)}, send.TypeResponse, "", nil},
		"reply 1 ns after 24 h":                {purpose{Reply: true, Window: opened(day + 1)}, "", "", send.ErrOutsideWindow},
		"reply 1 s after 24 h":                 {purpose{Reply: true, Window: opened(day + time.Second)}, "", "", send.ErrOutsideWindow},
		"reply in a window of the future":      {purpose{Reply: true, Window: opened(-time.Hour)}, send.TypeResponse, "", nil},
		"reply in an unknown window":           {purpose{Reply: true}, send.TypeResponse, "", nil},
		"reply with a tag, window open":        {purpose{Reply: true, Tag: send.TagHumanAgent, Window: opened(day)}, send.TypeResponse, "", nil},
		"reply with a retired tag, open":       {purpose{Reply: true, Tag: retiredTag, Window: opened(day)}, send.TypeResponse, "", nil},
		"notice at exactly 24 h":               {purpose{Window: opened(day)}, send.TypeUpdate, "", nil},
		"notice 1 ns after 24 h":               {purpose{Window: opened(day + 1)}, "", "", send.ErrOutsideWindow},
		"notice 300 years after":               {purpose{Window: send.Window{Opened: noon.AddDate(-300, 0, 0)}}, "", "", send.ErrOutsideWindow},
		"notice in an unknown window":          {purpose{}, send.TypeUpdate, "", nil},
		"notice with a tag, window open":       {purpose{Tag: send.TagHumanAgent, Window: opened(time.Hour)}, send.TypeUpdate, "", nil},
		"notice on Instagram, 1 ns too late":   {purpose{Channel: send.Instagram, Window: opened(day + 1)}, "", "", send.ErrOutsideWindow},
		"person by name, 1 ns too late":        {purpose{To: send.ToPerson, Window: opened(day + 1)}, "", "", send.ErrOutsideWindow},
		"utility, open":                        {purpose{Content: send.Utility, Reply: true, Window: opened(0)}, send.TypeUtility, "", nil},
		"utility, long closed":                 {purpose{Content: send.Utility, Window: opened(900 * day)}, send.TypeUtility, "", nil},
		"utility, unknown":                     {purpose{Content: send.Utility}, send.TypeUtility, "", nil},
		"utility on Instagram, closed":         {purpose{Channel: send.Instagram, Content: send.Utility, Window: opened(2 * day)}, "", "", send.ErrOutsideWindow},
		"agent, 1 ns after 24 h":               {purpose{Tag: send.TagHumanAgent, Window: opened(day + 1)}, send.TypeMessageTag, send.TagHumanAgent, nil},
		"agent's reply, 1 ns after 24 h":       {purpose{Reply: true, Tag: send.TagHumanAgent, Window: opened(day + 1)}, send.TypeMessageTag, send.TagHumanAgent, nil},
		"agent at exactly 7 days":              {purpose{Tag: send.TagHumanAgent, Window: opened(7 * day)}, send.TypeMessageTag, send.TagHumanAgent, nil},
		"agent 1 ns after 7 days":              {purpose{Tag: send.TagHumanAgent, Window: opened(7*day + 1)}, "", "", send.ErrOutsideWindow},
		"agent, unknown":                       {purpose{Tag: send.TagHumanAgent}, send.TypeMessageTag, send.TagHumanAgent, nil},
		"agent on Instagram at 7 days":         {purpose{Channel: send.Instagram, Tag: send.TagHumanAgent, Window: opened(7 * day)}, send.TypeMessageTag, send.TagHumanAgent, nil},
		"agent on Instagram 1 ns later":        {purpose{Channel: send.Instagram, Tag: send.TagHumanAgent, Window: opened(7*day + 1)}, "", "", send.ErrOutsideWindow},
		"feedback at exactly 7 days":           {purpose{Tag: send.TagCustomerFeedback, Content: send.Feedback, Window: opened(7 * day)}, send.TypeMessageTag, send.TagCustomerFeedback, nil},
		"feedback 1 ns after 7 days":           {purpose{Tag: send.TagCustomerFeedback, Content: send.Feedback, Window: opened(7*day + 1)}, "", "", send.ErrOutsideWindow},
		"feedback, unknown":                    {purpose{Tag: send.TagCustomerFeedback, Content: send.Feedback}, send.TypeMessageTag, send.TagCustomerFeedback, nil},
		"feedback tag on a text":               {purpose{Tag: send.TagCustomerFeedback, Window: opened(2 * day)}, "", "", send.ErrInvalid},
		"feedback tag on a text, unknown":      {purpose{Tag: send.TagCustomerFeedback}, "", "", send.ErrInvalid},
		"feedback on Instagram":                {purpose{Channel: send.Instagram, Tag: send.TagCustomerFeedback, Content: send.Feedback, Window: opened(2 * day)}, "", "", send.ErrOutsideWindow},
		"feedback on Instagram, unknown":       {purpose{Channel: send.Instagram, Tag: send.TagCustomerFeedback, Content: send.Feedback}, send.TypeUpdate, "", nil},
		"retired tag, closed":                  {purpose{Tag: retiredTag, Window: opened(2 * day)}, "", "", send.ErrTagRetired},
		"retired tag, unknown":                 {purpose{Tag: retiredTag}, "", "", send.ErrTagRetired},
		"retired tag on purpose":               {purpose{Tag: retiredTag, Retired: true, Window: opened(900 * day)}, send.TypeMessageTag, retiredTag, nil},
		"retired tag on Instagram":             {purpose{Channel: send.Instagram, Tag: retiredTag, Retired: true, Window: opened(2 * day)}, "", "", send.ErrOutsideWindow},
		"tag that does not exist, closed":      {purpose{Tag: "SHIPPING_UPDATE", Window: opened(2 * day)}, "", "", send.ErrOutsideWindow},
		"tag that does not exist, unknown":     {purpose{Tag: "SHIPPING_UPDATE"}, send.TypeUpdate, "", nil},
		"ad, reply at 24 h":                    {purpose{Reply: true, Window: byAd(day)}, send.TypeResponse, "", nil},
		"ad, reply at 7 days":                  {purpose{Reply: true, Window: byAd(7 * day)}, send.TypeResponse, "", nil},
		"ad, notice 1 ns after 7 days":         {purpose{Window: byAd(7*day + 1)}, "", "", send.ErrOutsideWindow},
		"ad, agent between 24 h and 7 days":    {purpose{Tag: send.TagHumanAgent, Window: byAd(day + 1)}, send.TypeMessageTag, send.TagHumanAgent, nil},
		"ad, agent at 24 h":                    {purpose{Tag: send.TagHumanAgent, Window: byAd(day)}, send.TypeUpdate, "", nil},
		"ad, agent 1 ns after 7 days":          {purpose{Tag: send.TagHumanAgent, Window: byAd(7*day + 1)}, "", "", send.ErrOutsideWindow},
		"comment, whatever the window":         {purpose{To: send.ToComment, Window: opened(9 * day)}, send.TypeResponse, "", nil},
		"post, whatever the window":            {purpose{To: send.ToPost, Window: opened(9 * day)}, send.TypeResponse, "", nil},
		"user_ref, whatever the window":        {purpose{To: send.ToUserRef, Window: opened(9 * day)}, send.TypeResponse, "", nil},
		"phone number, even as a reply":        {purpose{To: send.ToPhoneNumber, Reply: true}, send.TypeUpdate, "", nil},
		"player, whatever the window":          {purpose{To: send.ToPlayer, Reply: true, Window: opened(9 * day)}, send.TypeUpdate, "", nil},
		"login, whatever the window":           {purpose{To: send.ToLogin, Reply: true, Window: opened(9 * day)}, send.TypeUpdate, "", nil},
		"news, long closed":                    {purpose{Tag: news, Window: opened(900 * day)}, send.TypeMessageTag, news, nil},
		"news, unknown":                        {purpose{Tag: news}, send.TypeMessageTag, news, nil},
		"news, open":                           {purpose{Tag: news, Window: opened(day)}, send.TypeUpdate, "", nil},
		"news on Instagram":                    {purpose{Channel: send.Instagram, Tag: news, Window: opened(2 * day)}, "", "", send.ErrOutsideWindow},
		"token, judged by Meta":                {purpose{To: send.ToToken, Reply: true, Tag: send.TagHumanAgent}, "", "", nil},
		"comment, a tag means nothing for it":  {purpose{To: send.ToComment, Tag: send.TagHumanAgent}, send.TypeResponse, "", nil},
		"clock that tells nothing: as unknown": {purpose{Window: opened(9 * day), Now: never}, send.TypeUpdate, "", nil},
		"the same with a tag":                  {purpose{Tag: send.TagHumanAgent, Window: opened(0), Now: never}, send.TypeMessageTag, send.TagHumanAgent, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			switch test.purpose.Now {
			case never:
				test.purpose.Now = time.Time{}
			default:
				test.purpose.Now = noon
			}
			got, tag, err := send.Classify(test.purpose)
			if got != test.want || tag != test.tag || !errors.Is(err, test.err) {
				t.Errorf("Classify = %q, %q, %v; want %q, %q, %v", got, tag, err, test.want, test.tag, test.err)
			}
		})
	}
}

// retiredTag is one of the three tags that Meta retired on 27 April 2026.
const retiredTag send.Tag = "POST_PURCHASE_UPDATE"

// news is the tag of registered news Pages, of whom only Meta knows which they are.
const news send.Tag = "NON_PROMOTIONAL_SUBSCRIPTION"

// never stands for the zero time in a table whose zero is noon.
var never = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)

// TestClassifyEverything asks for every combination of what is not a time, in every state of the window.
func TestClassifyEverything(t *testing.T) {
	t.Parallel()
	windows := map[string]send.Window{
		"open": opened(time.Hour), "closed": opened(2 * day), "week": opened(8 * day), "unknown": {},
		"ad open": byAd(time.Hour), "ad unknown": byAd(2 * day), "ad closed": byAd(8 * day),
	}
	for name, window := range windows {
		eachPurpose(func(p send.Purpose) {
			p.Window, p.Now = window, noon
			wantType, wantTag, wantErr := policy(p, name)
			got, tag, err := send.Classify(p)
			if got != wantType || tag != wantTag || !errors.Is(err, wantErr) || (err == nil) != (wantErr == nil) {
				t.Errorf("%s: Classify(%+v) = %q, %q, %v; want %q, %q, %v",
					name, p, got, tag, err, wantType, wantTag, wantErr)
			}
		})
	}
}

// eachPurpose calls do with every combination of what is not a time.
func eachPurpose(do func(send.Purpose)) {
	tags := []send.Tag{
		"", "HUMAN_AGENT", "CUSTOMER_FEEDBACK", "ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE",
		"POST_PURCHASE_UPDATE", "NON_PROMOTIONAL_SUBSCRIPTION", "NO_SUCH_TAG",
	}
	for _, tag := range tags {
		for _, channel := range []send.Channel{send.Messenger, send.Instagram} {
			for flags := range 4 {
				for to := send.ToNobody; to <= send.ToLogin; to++ {
					for content := send.Plain; content <= send.Feedback; content++ {
						do(send.Purpose{
							Channel: channel, To: to, Content: content, Tag: tag,
							Reply: flags&1 != 0, Retired: flags&2 != 0,
						})
					}
				}
			}
		}
	}
}

// policy is the rule row by row, for a window whose state is known by name.
func policy(p send.Purpose, window string) (send.MessagingType, send.Tag, error) {
	inWindow := send.TypeUpdate
	if p.Reply {
		inWindow = send.TypeResponse
	}
	messenger := p.Channel == send.Messenger
	overAWeek := window == "week" || window == "ad closed"
	rows := []struct {
		applies bool
		kind    send.MessagingType
		tag     send.Tag
		err     error
	}{
		{p.To == send.ToComment || p.To == send.ToPost || p.To == send.ToUserRef, send.TypeResponse, "", nil},
		{p.To == send.ToPhoneNumber || p.To == send.ToPlayer || p.To == send.ToLogin, send.TypeUpdate, "", nil},
		{p.To == send.ToToken, "", "", nil},
		{p.Content == send.Utility && messenger, send.TypeUtility, "", nil},
		{window == "open" || window == "ad open", inWindow, "", nil},
		{p.Tag == "HUMAN_AGENT" && overAWeek, "", "", send.ErrOutsideWindow},
		{p.Tag == "HUMAN_AGENT", send.TypeMessageTag, p.Tag, nil},
		{p.Tag == "CUSTOMER_FEEDBACK" && messenger && p.Content != send.Feedback, "", "", send.ErrInvalid},
		{p.Tag == "CUSTOMER_FEEDBACK" && messenger && overAWeek, "", "", send.ErrOutsideWindow},
		{p.Tag == "CUSTOMER_FEEDBACK" && messenger, send.TypeMessageTag, p.Tag, nil},
		{p.Tag == "NON_PROMOTIONAL_SUBSCRIPTION" && messenger, send.TypeMessageTag, p.Tag, nil},
		{p.Tag != "" && p.Tag != "NO_SUCH_TAG" && messenger && !p.Retired, "", "", send.ErrTagRetired},
		{p.Tag != "" && p.Tag != "NO_SUCH_TAG" && messenger, send.TypeMessageTag, p.Tag, nil},
		{window == "unknown" || window == "ad unknown", inWindow, "", nil},
	}
	for _, row := range rows {
		if row.applies {
			return row.kind, row.tag, row.err
		}
	}
	return "", "", send.ErrOutsideWindow
}

func TestClassifyErrorsTell(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		purpose send.Purpose
		want    string
	}{
		"closed": {
			send.Purpose{Window: opened(2 * day), Now: noon},
			"send: outside the messaging window: it closed at 2026-11-20T12:00:00Z; a utility template may still go",
		},
		"ad closed": {
			send.Purpose{Window: byAd(8 * day), Now: noon},
			"send: outside the messaging window: it closed at 2026-11-20T12:00:00Z; a utility template may still go",
		},
		"closed on Instagram": {
			send.Purpose{Channel: send.Instagram, Window: opened(2 * day), Now: noon},
			"send: outside the messaging window: it closed at 2026-11-20T12:00:00Z",
		},
		"no such tag": {
			send.Purpose{Tag: "human", Window: opened(2 * day), Now: noon},
			"send: outside the messaging window: it closed at 2026-11-20T12:00:00Z, and there is no tag human on messenger",
		},
		"agent": {
			send.Purpose{Tag: send.TagHumanAgent, Window: opened(8 * day), Now: noon},
			"send: outside the messaging window: tag HUMAN_AGENT reached the person until 2026-11-20T12:00:00Z",
		},
		"retired": {
			send.Purpose{Tag: retiredTag, Window: opened(8 * day), Now: noon},
			"send: retired message tag: POST_PURCHASE_UPDATE since 27 April 2026; " +
				"send a utility template (UTILITY) instead",
		},
		"feedback": {
			send.Purpose{Tag: send.TagCustomerFeedback, Window: opened(2 * day), Now: noon},
			"send: invalid: tag CUSTOMER_FEEDBACK goes with a customer feedback template only",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := send.Classify(test.purpose); err == nil || err.Error() != test.want {
				t.Errorf("Classify = %v, want %s", err, test.want)
			}
		})
	}
}

func TestWindowCloses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		window send.Window
		want   time.Time
	}{
		"unknown":   {send.Window{}, time.Time{}},
		"by action": {opened(0), noon.Add(24 * time.Hour)},
		"by ad":     {byAd(0), noon.Add(168 * time.Hour)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.window.Closes(); !got.Equal(test.want) {
				t.Errorf("Closes = %v, want %v", got, test.want)
			}
		})
	}
}

// FuzzClassify holds the two promises: no RESPONSE or UPDATE to a person whose window is surely closed, and no
// refusal for the window while it is open or unknown.
func FuzzClassify(f *testing.F) {
	for _, age := range []time.Duration{0, -day, day, day + 1, 7 * day, 7*day + 1, 900 * day} {
		for _, tag := range []string{"", "HUMAN_AGENT", "CUSTOMER_FEEDBACK", retiredString, "X"} {
			for by := range uint8(2) {
				f.Add(uint8(0), uint8(1), true, uint8(0), tag, int64(0), int64(age), by, false)
				f.Add(uint8(1), uint8(1), false, uint8(2), tag, int64(5e9), int64(age), by, true)
			}
		}
	}
	f.Fuzz(func(t *testing.T, channel, to uint8, reply bool, content uint8, tag string, at, age int64, by uint8,
		retired bool,
	) {
		openedAt := time.Unix(at%(1<<40), 0)
		p := send.Purpose{
			Channel: send.Channel(channel % 2), To: send.RecipientKind(to), Reply: reply,
			Content: send.Content(content), Tag: send.Tag(tag), Retired: retired,
			Window: send.Window{Opened: openedAt, By: send.Opener(by)}, Now: openedAt.Add(time.Duration(age)),
		}
		checkPromises(t, p)
		p.Window.Opened = time.Time{}
		checkPromises(t, p)
	})
}

const retiredString = string(retiredTag)

func checkPromises(t *testing.T, p send.Purpose) {
	t.Helper()
	lasts := 24 * time.Hour
	if p.Window.By == send.ByAd {
		lasts = 7 * 24 * time.Hour
	}
	known := !p.Window.Opened.IsZero() && !p.Now.IsZero()
	surelyClosed := known && p.Now.After(p.Window.Opened.Add(lasts))
	governed := p.To == send.ToPerson || p.To == send.ToNobody || p.To > send.ToLogin
	kind, tag, err := send.Classify(p)
	switch {
	case surelyClosed && governed && (kind == send.TypeResponse || kind == send.TypeUpdate):
		t.Errorf("Classify(%+v) = %s, but the window is closed", p, kind)
	case (!surelyClosed || !governed) && errors.Is(err, send.ErrOutsideWindow):
		t.Errorf("Classify(%+v) refuses (%v), but the window is not closed", p, err)
	case (kind == send.TypeMessageTag) != (tag != ""):
		t.Errorf("Classify(%+v) = %s with tag %q", p, kind, tag)
	case err != nil && (kind != "" || tag != ""):
		t.Errorf("Classify(%+v) = %s, %s beside %v", p, kind, tag, err)
	}
}

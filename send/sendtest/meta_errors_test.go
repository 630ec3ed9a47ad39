package sendtest_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/parleybot/parley/send/sendtest"
)

// metaErrors are the codes and subcodes of Meta's error tables, each with the status and the beginning of the words
// that it is answered with. Words in brackets are ours, where Meta's page has no body.
const metaErrors = `
1 0 500 (#1) An unknown error occurred
1 99 500 (#1) An unknown error occurred
1 1357046 500 (#1) Received Invalid JSON reply
1 2018382 500 (#1) The given "FORM_ID" field is incorrect, or the form is not inthread eligible.
2 0 500 An unexpected error has occurred. Please retry your request later.
2 2018344 500 (#2)
3 0 400 (#3)
4 0 400 (#4) Application request limit reached
4 2018022 400 (#4) Too many send requests to phone numbers
4 2018354 400 (#4)
9 2018352 400 (#9) User is performing too many actions
10 0 400 (#10)
10 1404170 400 (#10)
10 1893015 400 (#10)
10 1893063 400 (#10) You are temporarily restricted from sending messages.
10 2018065 400 (#10) This message is sent outside of allowed window.
10 2018108 400 (#10) They can't receive your messages right now
10 2018278 400 (#10) This message is sent outside of allowed window.
10 2018300 400 (#10) Message failed to send because another app is controlling this thread now.
10 2018321 400 (#10) The chat is currently controlled by Messenger
10 2018336 400 (#10)
10 2534022 403 This message is sent outside of allowed window.
10 2534077 400 (#10)
17 0 400 (#17) User request limit reached
32 0 400 (#32) Page request limit reached
100 0 400 (#100) Invalid parameter
100 33 400 Unsupported post request. Object with ID
100 1893061 400 Invalid parameter
100 2018001 400 (#100) No matching user found
100 2018008 400 (#100) Failed to fetch the file from the url
100 2018014 400 (#100) Cannot send both message and state at the same time.
100 2018015 400 (#100) Must send either message or state
100 2018034 400 (#100) Message cannot be empty, must provide valid attachment or text
100 2018035 400 (#100) Incomplete element data
100 2018040 400 (#100) Payload cannot be empty for postback type button
100 2018041 400 (#100) Web url cannot be empty for url type button
100 2018047 400 (#100) Upload attachment failure.
100 2018053 400 (#100) Element button title cannot be empty.
100 2018055 400 (#100) The amount you specified in payment summary is invalid.
100 2018074 400 (#100) Possible invalid ID or you do not own the attachment
100 2018098 400 (#100) Title is required for this quick reply content type
100 2018099 400 (#100) Payload is required for this quick reply content type
100 2018109 400 (#100) Attachment size exceeds allowable limit
100 2018145 400 (#100) You must set a Get Started button if you also wish to use persistent menu.
100 2018164 400 (#100) Incorrect App ID
100 2018171 400 (#100)
100 2018173 400 (#100)
100 2018175 400 (#100)
100 2018182 400 (#100)
100 2018183 400 (#100)
100 2018184 400 (#100)
100 2018185 400 (#100)
100 2018186 400 (#100)
100 2018187 400 (#100)
100 2018188 400 (#100)
100 2018218 400 (#100) No profile available for this user.
100 2018234 400 (#100)
100 2018247 400 (#100)
100 2018294 400 (#100) Video upload timed out or video is corrupted
100 2018320 400 (#100) Invalid product id
100 2018328 400 (#100)
100 2534013 400 (#100)
100 2534014 400 (#100) No matching Instagram user
100 2534015 400 (#100) Invalid message data
100 2534025 400 (#100)
100 2534029 400 (#100)
100 2534037 400 (#100)
102 0 400 (#102)
104 0 400 An access token is required to request this resource.
105 0 400 (#105)
190 0 400 Invalid OAuth access token - Cannot parse access token
190 458 400
190 459 400
190 460 400 Error validating access token: The session has been invalidated because the user has changed the password.
190 463 400 Error validating access token: Session has expired on
190 464 400
190 467 400
190 492 400
190 493 400
194 0 400 (#194) Missing at least one required parameter
200 0 403 (#200) Permissions error
200 1545041 400 (#200) This person isn't available right now.
200 2018021 400 (#200)
200 2018027 400 (#200)
200 2018028 400 (#200) Cannot message users who are not admins, developers or testers of the app
200 2534041 400 (#200)
230 0 403 (#230) Requires pages_messaging permission to manage the object
283 0 400 (#283) Requires manage_pages permission to manage the object
341 0 400 (#341) Application limit reached
368 0 400 (#368) The action attempted has been deemed abusive or is otherwise disallowed
506 0 400 (#506)
551 0 400 (#551) This person isn't available right now.
551 1545041 400 (#551) This person isn't available right now.
613 0 400 (#613) Calls to this api have exceeded the rate limit.
613 1893016 400 (#613)
613 2018338 400 (#613)
613 2534040 400 (#613)
1200 0 500 (#1200) Temporary send message failure. Please try again later.
1200 2018024 500 (#1200) Temporary send message failure. Please try again later.
2022 0 400 (#2022) The ability to send commerce messages has been temporarily disabled for this application.
2500 0 400
10303 0 400 (#10303) Invalid account_linking_token
10900 0 400 (#10900) Activity already replied to
10901 0 400 (#10901) Activity replying time expired
10902 0 400 (#10902) This is not a Replyable activity
10903 0 400 (#10903) This user cant reply to this activity
24001 0 400 (#24001)
24002 0 400 (#24002)
24005 0 400 (#24005)
36000 0 400 The image size is too large.
36103 0 400 (#36103)
80001 0 400 (#80001)
80002 0 400 (#80002)
80006 0 400 (#80006)
2018144 0 400 (#2018144)
2018300 0 400 (#2018300) Message failed to send because another app is controlling this thread now.
2018321 0 400 (#2018321) The chat is currently controlled by Messenger
2300028 0 400 (#2300028)
9000001 0 400 (#9000001) This Message has been deleted`

// TestMetaErrors: each code and subcode of Meta's tables has words of its own, its status and its type.
func TestMetaErrors(t *testing.T) {
	for line := range strings.SplitSeq(strings.TrimSpace(metaErrors), "\n") {
		t.Run(line, func(t *testing.T) {
			parts := append(strings.SplitN(line, " ", 4), "")
			var numbers [3]int
			for i := range numbers {
				n, err := strconv.Atoi(parts[i])
				if err != nil {
					t.Fatal(err)
				}
				numbers[i] = n
			}
			code, subcode, status := numbers[0], numbers[1], numbers[2]
			g := new(sendtest.Graph)
			g.FailNext(code, subcode)
			got := post(t, g, to(hi))
			kind := map[string]string{"100/33": "GraphMethodException", "10/2534022": "IGApiException"}[fmt.Sprint(code, "/", subcode)]
			if kind == "" {
				kind = "OAuthException"
			}
			e := got.Error
			if got.status != status || e.Code != code || e.Subcode != subcode || e.Type != kind ||
				!strings.HasPrefix(e.Message, parts[3]) || strings.Contains(e.Message, "An error occurred") {
				t.Errorf("HTTP %d %s", got.status, got.body)
			}
			general := metaMessage(t, code)
			if same := e.Message == general; subcode != 0 && same && !sharesWords(line) {
				t.Errorf("the words of %d alone: %s", code, e.Message)
			}
		})
	}
}

// metaMessage returns the words of a code without a subcode.
func metaMessage(t *testing.T, code int) string {
	t.Helper()
	g := new(sendtest.Graph)
	g.FailNext(code, 0)
	return post(t, g, to(hi)).Error.Message
}

// sharesWords reports whether Meta's table itself gives a subcode the words of its code.
func sharesWords(line string) bool {
	for _, same := range []string{"1 99 ", "551 1545041", "613 2534040", "1200 2018024"} {
		if strings.HasPrefix(line, same) {
			return true
		}
	}
	return false
}

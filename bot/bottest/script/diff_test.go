package script_test

import "testing"

// want checks the words of an error.
func want(t *testing.T, err error, words string) {
	t.Helper()
	if err == nil || err.Error() != words {
		t.Errorf("got\n%v\nwant\n%s", err, words)
	}
}

func TestDiffs(t *testing.T) {
	tests := map[string]struct{ script, want string }{
		"another text": {"> hi\n< you: hi\n> hi\n< you: ho\n\n> hi\n< you: hi\n", `a.chat:4: something else came
    1   > hi
    2   < you: hi
    3   > hi
    4 - < you: ho
      + < you: hi
    6   > hi
    7   < you: hi`},
		"another offer": {"> pizza\n< Which size?  [Large] [Small]", `a.chat:2: something else came
    1   > pizza
    2 - < Which size?  [Large] [Small]
      + < Which size?  [Small] [Large]`},
		"nothing came": {"> actions\n< hello", `a.chat:2: this did not come
    1   > actions
    2 - < hello`},
		"more came": {"> hi\n> ho\n< you: ho", `a.chat:1: more came than is expected
    1   > hi
      + < you: hi
    2   > ho
    3   < you: ho`},
		"more came at the end": {"> media\n< (image) https://a.example/p.png", `a.chat:2: more came than is expected
    1   > media
    2   < (image) https://a.example/p.png
      + < (file) 17
      + < (video) 18  [More]`},
		"more came in between": {"> media\n< (image) https://a.example/p.png\n< (video) 18 [More]", `a.chat:2: more came than is expected
    1   > media
    2   < (image) https://a.example/p.png
      + < (file) 17
    3   < (video) 18  [More]`},
		"cards": {"> cakes\n< [No cake]\n* Pie [Order]\n* Tart [Order] [Look]", `a.chat:2: something else came
    1   > cakes
    2 - <  [No cake]
      - * Pie  [Order]
      - * Tart  [Order] [Look]
      + <  [No cake]
      + * Pie
      + | Warm  [Order]
      + * Tart  [Order] [Look]`},
		"action": {"> pizza\n< Which size?  [Small] [Large]\n< (typing)", `a.chat:2: something else came
    1   > pizza
    2 - < Which size?  [Small] [Large]
    3   < (typing)
      + < Which size?  [Small] [Large]`},
		"tap": {"> pizza\n< Which size?  [Small] [Large]\n> [Huge]\n", `a.chat:3: the person cannot tap [Huge]: what is offered now is [Small] [Large]
    1   > pizza
    2   < Which size?  [Small] [Large]
    3 - > [Huge]`},
		"tap on a quick reply that is gone": {"> pizza\n< Which size?  [Small] [Large]\n> hi\n< you: hi\n> [Small]", `a.chat:5: the person cannot tap [Small]: nothing is offered now
    2   < Which size?  [Small] [Large]
    3   > hi
    4   < you: hi
    5 - > [Small]`},
		"tap twice": {"> pizza\n< Which size?  [Small] [Large]\n> [Small]\n< you: SMALL\n> [Small]", `a.chat:5: the person cannot tap [Small]: nothing is offered now
    2   < Which size?  [Small] [Large]
    3   > [Small]
    4   < you: SMALL
    5 - > [Small]`},
		"tap on a quick reply that is gone, though the bot was silent": {"> pizza\n< Which size?  [Small] [Large]\n> actions\n> [Small]", `a.chat:4: the person cannot tap [Small]: nothing is offered now
    1   > pizza
    2   < Which size?  [Small] [Large]
    3   > actions
    4 - > [Small]`},
		"an action that Meta refused": {"> actions\n< (typing off)\n< (typing)", `a.chat:3: this did not come
    1   > actions
    2   < (typing off)
    3 - < (typing)`},
		"tap on one of two": {"> cakes\n< [No cake]\n* Pie\n| Warm [Order]\n* Tart [Order] [Look]\n> [Order]", `a.chat:6: more than one card shows [Order]: name the card, as in > [Tart] [Order]
    1   > cakes
    2   <  [No cake]
        * Pie
        | Warm  [Order]
        * Tart  [Order] [Look]
    6 - > [Order]`},
		"reaction to nothing": {"> (reaction) ❤", `a.chat:1: there is no message of the bot to react to
    1 - > (reaction) ❤`},
		"refused for another reason": {"+ (fail) invalid\n> hi\n! unreachable", `a.chat:3: something else came
    1   + (fail) invalid
    2   > hi
    3 - ! unreachable
      + ! invalid`},
		"the bot begins": {"< hello\n> hi", `a.chat:1: this did not come
    1 - < hello
    2   > hi`},
		"what cannot be seen": {"> a\u00a0b\n< you: a b", `a.chat:2: something else came
    1   > a\u{A0}b
    2 - < you: a b
      + < you: a\u{A0}b`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := play(t, pizzeria, test.script)
			want(t, err, test.want)
		})
	}
}

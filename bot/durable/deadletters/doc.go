// Command deadletters shows the events that a bot on package durable has given up, and replays or drops them.
// It works while the bot runs and while it does not.
//
//	go run github.com/parleybot/parley/bot/durable/deadletters -dir data list
//
// -dir is the bot's Config.Dir; for a bot on a server or a cluster, -url is its Config.URL, and -creds a file
// of credentials. -name is its Config.Name, if it has one; all other settings are found in the store.
//
// A session:
//
//	$ deadletters -dir data list
//	TIME                  ATTEMPTS  ID                  CAUSE
//	2026-11-21T22:41:29Z  3         message:m_Kx3vOtN1  order: the kitchen does not answer
//	2026-11-21T22:41:30Z  3         message:m_p8Qn2wZs  order: no pizza is called quattro
//
//	$ deadletters -dir data show message:m_Kx3vOtN1
//	id:       message:m_Kx3vOtN1
//	key:      105.7301
//	kind:     message
//	happened: 2026-11-21T12:01:00Z
//	given up: 2026-11-21T22:41:29Z
//	attempts: 3
//	cause:    order: the kitchen does not answer
//	event:
//	{
//	  "object": "page",
//	  "entry": [
//	    {
//	      "id": "105",
//	      "time": 1795262460123,
//	      "messaging": [
//	        {
//	          "sender": {
//	            "id": "7301"
//	          },
//	          "recipient": {
//	            "id": "105"
//	          },
//	          "timestamp": 1795262460000,
//	          "message": {
//	            "mid": "m_Kx3vOtN1",
//	            "text": "two margheritas"
//	          }
//	        }
//	      ]
//	    }
//	  ]
//	}
//
//	$ deadletters -dir data drop message:m_p8Qn2wZs
//	dropped message:m_p8Qn2wZs
//
//	$ deadletters -dir data replay message:m_Kx3vOtN1
//	replayed message:m_Kx3vOtN1 as message:m_Kx3vOtN1#1
//
//	$ deadletters -dir data list
//	no dead letters
//
// # What the commands do
//
// list prints all dead letters, the oldest first; with -json each is an object on a line, with its cause
// at full length.
//
// show prints the newest dead letter with an ID, and the event as it came from Meta. It is a person's
// message: mind who looks over your shoulder. Tokens in it, such as notification_messages_token, are left
// out. The key parley, if there is one, is the bot's own: it says which app the event came to.
//
// replay publishes the newest dead letter with an ID once more, behind what waits in the person's lane,
// and drops all with that ID. The running bot handles it at once, and a stopped one when it starts. Its ID
// has "#" and a number behind it from then on: that is how it is listed if it fails again.
//
// drop forgets all dead letters with an ID. What is neither replayed nor dropped goes by itself, after
// Config.DeadAge or when there is more than Config.DeadBytes.
//
// replay and drop take several IDs, or -all -yes; -all alone tells how many there are. If one fails, the
// others are done all the same.
//
// Errors that the store logs meanwhile, such as damage that it finds, go to standard error, each as a JSON
// object on a line.
//
// The exit code is 0 if all was done, 1 if something failed, and 2 if the command line is wrong or -yes is
// missing.
//
// A store in a directory belongs to one process. While the bot has it, the command reaches it through a
// socket in the directory, which is open to the bot's own account alone. While the bot is stopped, the
// command opens the store itself, and a bot that starts in that moment is refused unless its
// Config.LockWait is longer than the command takes.
package main

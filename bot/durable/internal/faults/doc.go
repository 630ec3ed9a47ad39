// Package faults is the fault suite of package durable. It has tests alone: they start bots in processes of
// their own, deliver signed messages to them as Meta does, and take the replies with a fake Graph API, while
// processes are killed, frozen and cut off, disks are full and events deadly. It runs on Linux; the full disk
// is a tmpfs, which only root may mount:
//
//	go test ./bot/durable/internal/faults                     // 5,000 messages of 200 people, 5 kills
//	go test ./bot/durable/internal/faults -short              // 500 messages of 50 people, 2 kills
//	go test ./bot/durable/internal/faults -v -full            // 50,000 messages of 2,000 people, 25 kills
//	go test ./bot/durable/internal/faults -v -seed=7 -run ... // the same choices once more
//	go test ./bot/durable/internal/faults -v -logs=/tmp/said  // keep what the processes say
//
// # What is judged
//
// Some 64 deliveries are under way at the same time, of one to three messages each; a fifth of the messages
// is delivered again later. A delivery that is not answered 200 is repeated until it is, to any worker that
// is up, and a person's next message follows when the one before was answered 200. Each message has a
// number; the handler replies with it, and notes it in the session. After each scenario
//
//   - nothing is lost: what was answered 200 has a reply, and is counted in the session;
//   - no order is broken: the session has met the numbers in their order, and so has the Graph API;
//   - nothing is applied twice: no session has counted more than was delivered;
//   - no innocent is buried: there are no dead letters besides those that were asked for;
//   - no reply goes out twice without a reason: only what was in the hand of a process that a fault has met.
//     TestTheGap holds that it was between Meta's acceptance of the reply and the write of the ledger;
//     elsewhere it is counted how many may have been.
//
// A handler that runs again asks for its reminder again, which is another event: so of reminders each event
// fires once, and each message that asked has one at least.
//
// Replies that went out twice, handlers that ran again, deliveries refused, the slowest refusal, and the
// longest time without a reply while some were due are printed, in one line for each scenario, with the seed.
// Times are never judged: they are those of the machine.
//
// TestTheSuiteSeesWhatIsWrong shows that a bot whose inbox is in memory, and one that replies twice, fail.
//
// # The faults
//
//	kill -9 at any point of receiving,         TestFaults: of one of two workers, and of the only process,
//	handling, saving, and settling             synced and not, at random points of the run
//	a write fails or is slow, the disk is      TestTheDiskIsFull, as root: 503, and all goes on when there
//	full                                       is room. Slow: TestFaults: a network that fails: answers
//	                                           do not come; the slowest refusal is printed
//	the same delivery twice, at once,          all scenarios; after a restart, a whole day's:
//	after minutes, after a restart             TestEverythingIsDeliveredAgain. After 36 hours: package bot,
//	                                           whose records keep the ids, by its clock
//	deliveries out of order                    not here: what is stored first is handled first, and nobody
//	                                           knows another order
//	the owner is frozen, and comes back        TestFaults: a frozen worker; and, with what it had in hand,
//	                                           TestAFrozenWorkerWritesNothing
//	a process dies after Meta has accepted     TestTheGap: the reply goes out once more, and not where a bot
//	a reply, before the ledger has it          has got its echo
//	the network is cut; answers are lost       TestFaults: a network that fails, in either direction
//	instances join and leave                   TestFaults: workers join and leave, with no handler run again
//	the handler fails                          TestEventsThatAlwaysFail. Panics and time-outs: package bot,
//	                                           for which they are errors
//	an event that ends the process             TestAnEventThatKills, TestAnEventThatKillsOnce
//	the server dies                            TestFaults: kill -9 of the server
//	the leader of a cluster dies               TestFaults: kill -9 of the leader, then of a worker
//	the servers are restarted, one by one      TestFaults: rolling restart of a cluster
//	loss of power                              not here: kill -9 does not show it, and it takes a machine to
//	                                           cut off. What was written is synced before it is acknowledged
//	                                           unless Config.Unsynced is set
//	a damaged or truncated block of a file     package durable, which reads the blocks before the server,
//	                                           and compares lengths: TestDamageIsReported and its kin
//	two processes on one directory             TestTwoProcessesOnOneDirectory
//	a stream that is restored, its             package durable, TestStreamIsAnotherOne: nothing is dropped
//	sequences begin anew                       for its sequence; TestBackupIsRestored
//	more than can be handled                   TestMoreThanCanBeHandled: 503, and with -full bounded memory
//	the clock jumps, and reminders survive     TestReminders: by an hour, forward and back, after kills
//	an orderly stop                            TestFaults: workers join and leave
package faults

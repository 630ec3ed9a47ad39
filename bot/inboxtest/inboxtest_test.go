package inboxtest_test

import (
	"testing"

	"github.com/parleybot/parley/bot"
	"github.com/parleybot/parley/bot/inboxtest"
)

func TestRunPassesACorrectInbox(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds of the machine's time")
	}
	inboxtest.Run(t, func(_ *testing.T, o inboxtest.Options) bot.Inbox { return newFake(none, o) })
}

func TestRunInBubblePassesACorrectInbox(t *testing.T) {
	inboxtest.RunInBubble(t, func(_ *testing.T, o inboxtest.Options) bot.Inbox { return newFake(none, o) })
}

// TestRunPassesAServerWithAClockOfItsOwn lets what is due later wait by the machine's time, as only Run
// allows.
func TestRunPassesAServerWithAClockOfItsOwn(t *testing.T) {
	open := func(o inboxtest.Options) bot.Inbox { return newFake(dueByMachine, o) }
	for clause, err := range (inboxtest.Suite{}).Broken(t, open, false) {
		t.Errorf("%s: %v", clause, err)
	}
}

// TestPartsPass lets an Inbox keep nothing of a refused batch, or its first envelopes.
func TestPartsPass(t *testing.T) {
	for _, fault := range []fault{none, partialBatch} {
		open := func(o inboxtest.Options) bot.Inbox { return newFake(fault, o) }
		for clause, err := range (inboxtest.Suite{Parts: true}).Broken(t, open, true) {
			t.Errorf("%s: %s: %v", fault, clause, err)
		}
	}
}

// TestPartsFindFaults breaks an Inbox in what it says of refused batches where parts of them may be kept.
func TestPartsFindFaults(t *testing.T) {
	const (
		refuses = "a full inbox refuses a batch"
		inOrder = "of a refused batch none is kept without the earlier ones of its lane"
		many    = "many publishers: each lane in order, although batches are refused"
	)
	tests := map[fault][]string{
		laterPart:        {inOrder},
		reordersParts:    {refuses},
		ignoresCapacity:  {refuses, many},
		remembersRefused: {refuses},
		neverRoomAgain:   {refuses},
		plainFull:        {refuses},
		duplicates:       {many},
	}
	for fault, clauses := range tests {
		t.Run(string(fault), func(t *testing.T) {
			open := func(o inboxtest.Options) bot.Inbox { return newFake(fault, o) }
			broken := inboxtest.Suite{Parts: true}.Broken(t, open, true)
			for _, clause := range clauses {
				if broken[clause] == nil {
					t.Errorf("the clause %q did not notice; those that did: %v", clause, broken)
				}
			}
		})
	}
}

// TestRunFindsFaults breaks an Inbox in one way after the other and wants the contract to notice, in the
// clause that speaks of it.
func TestRunFindsFaults(t *testing.T) {
	const (
		inOrder    = "a lane is handed out in order"
		oneInHand  = "one envelope of a lane is in hand at a time"
		fourLanes  = "four lanes are in hand at a time"
		hangs      = "a lane that hangs delays no other"
		many       = "many publishers: each lane in order, each envelope once"
		asIs       = "an envelope arrives as it was published"
		oddLanes   = "lanes are any text"
		reuse      = "the publisher may reuse its slice"
		spoils     = "a handler may change its delivery"
		full       = "a full inbox keeps nothing of a batch"
		roomAgain  = "what was refused is kept once there is room"
		whole      = "many publishers: each batch is whole"
		overflow   = "what exceeds the cap of a lane is buried"
		retry      = "a retried envelope comes again at the head of its lane"
		retryOften = "an envelope is retried as often as its handler wants"
		release    = "a released envelope comes again and counts no attempt"
		exits      = "a handler that ends its goroutine has released its envelope"
		buried     = "any other error buries the envelope and the lane goes on"
		due        = "what is due later waits for its time"
		dueOrder   = "what is due later is handed out in the order of its times"
		dueInLane  = "what becomes due takes its place in its lane"
		duePast    = "what was due before is due now"
		listed     = "dead letters are listed, the oldest first"
		dropped    = "a dead letter is got and dropped"
		newest     = "of equal dead letters the newest is got"
		ends       = "Consume ends with its context"
		finishes   = "what is in hand is finished after the context of Consume has ended"
		newer      = "Newer closes when a later message of the lane has arrived"
	)
	tests := map[fault][]string{
		reorders:          {inOrder, many},
		newestFirst:       {inOrder, many},
		duplicates:        {inOrder, many},
		handsOutAgain:     {inOrder, many},
		loses:             {inOrder, many},
		parallelInLane:    {oneInHand, hangs, many},
		oneAtATime:        {fourLanes, hangs},
		threeAtATime:      {fourLanes},
		foldsCase:         {oddLanes},
		keepsSlice:        {reuse},
		handsOutItsOwn:    {spoils},
		sharesBytes:       {spoils},
		losesHeader:       {asIs},
		cutsData:          {asIs},
		dataIsText:        {asIs},
		losesDue:          {asIs},
		ignoresCapacity:   {full, roomAgain, whole},
		partialBatch:      {full, whole},
		remembersRefused:  {roomAgain},
		neverRoomAgain:    {roomAgain},
		plainFull:         {full},
		countsBatchLate:   {full, whole},
		ignoresCap:        {overflow},
		capIsAnError:      {overflow},
		capCostsBatch:     {overflow},
		capDropsOldest:    {overflow},
		surplusIsLost:     {overflow},
		overflowTried:     {overflow},
		retryAtOnce:       {retry},
		retryByMachine:    {retry},
		retryAtTheBack:    {retry, retryOften},
		retryIsOvertaken:  {retry},
		retryBlocksAll:    {retry},
		retryNotCounted:   {retry, retryOften, release, buried},
		retryOnce:         {retryOften},
		wrappedRetryDies:  {retry},
		releaseCounted:    {release},
		releaseAtTheBack:  {release},
		releaseForgotten:  {release},
		wrappedReleased:   {release},
		exitCounted:       {exits},
		exitForgotten:     {exits},
		exitBuries:        {exits},
		exitHangs:         {exits},
		errorForgotten:    {buried},
		errorStopsLane:    {buried},
		errorWithoutCause: {buried},
		errorWithoutTries: {buried},
		dueAtOnce:         {due},
		dueEarly:          {due},
		dueByMachine:      {due},
		dueUnordered:      {dueOrder},
		dueBesideLane:     {dueInLane},
		pastLast:          {duePast},
		lettersReversed:   {listed},
		lettersEmptied:    {listed, dropped},
		lettersTimeless:   {listed},
		getsOldest:        {newest},
		dropsNothing:      {dropped},
		dropsAll:          {dropped},
		dropUnknownFails:  {dropped},
		plainNoLetter:     {dropped},
		endsWithError:     {ends},
		endsEarly:         {finishes},
		endsLate:          {ends},
		endsAtOnce:        {ends},
		endsHandlers:      {finishes},
		newerNever:        {newer},
		newerAlways:       {newer},
		newerNil:          {newer, inOrder},
		newerByAny:        {newer},
		newerByAnyLane:    {newer},
		newerLate:         {newer},
	}
	for fault, clauses := range tests {
		t.Run(string(fault), func(t *testing.T) {
			open := func(o inboxtest.Options) bot.Inbox { return newFake(fault, o) }
			broken := inboxtest.Suite{}.Broken(t, open, true)
			for _, clause := range clauses {
				if broken[clause] == nil {
					t.Errorf("the clause %q did not notice; those that did: %v", clause, broken)
				}
			}
		})
	}
}

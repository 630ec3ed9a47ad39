package sessiontest_test

import (
	"testing"
	"time"

	"github.com/parleybot/parley/session"
	"github.com/parleybot/parley/session/sessiontest"
)

func TestRunPassesACorrectStore(t *testing.T) {
	sessiontest.Run(t, func(_ *testing.T, now func() time.Time) session.Store { return newFake(none, now) })
}

// TestRunFindsFaults breaks a Store in one way after the other and wants the contract to notice, in the clause that
// speaks of it.
func TestRunFindsFaults(t *testing.T) {
	tests := map[fault]string{
		lastWriteWins:      "a stale revision is refused",
		checkThenAct:       "increments by many lose nothing",
		createsTwice:       "a record is created once",
		updatesNothing:     "an absent record is not updated",
		writesThenChecks:   "a stale revision is refused",
		sameRevision:       "what was updated is read",
		restartsRevisions:  "a deleted record is created anew",
		expiryIgnored:      "a record expires by the owner's clock",
		expiryLate:         "a record expires by the owner's clock",
		machineClock:       "a record expires by the owner's clock",
		expiryOfCreation:   "an update changes the expiry",
		expiryLost:         "an update changes the expiry",
		expiredIsInTheWay:  "an expired record is created anew",
		expiredIsUpdated:   "an expired record is created anew",
		revisionsExpire:    "an expired record is created anew",
		aliasesIn:          "bytes are copied in",
		aliasesOut:         "bytes are copied out",
		aliasesReaders:     "bytes are copied out",
		cutsData:           "data is any bytes",
		emptyIsAbsent:      "data is any bytes",
		foldsCase:          "keys are any text",
		foldsDots:          "keys are any text",
		cutsKeys:           "keys are any text",
		deletesPrefix:      "keys are any text",
		deletesNothing:     "a deleted record is not found",
		deleteNotFound:     "a deleted record is not found",
		forgets:            "there may be many keys",
		plainNotFound:      "an absent record is not found",
		plainConflict:      "a record is created once",
		cancelledHalfWrite: "a context that has ended does no harm",
		cancelledLoss:      "a context that has ended does no harm",
		cancelledLie:       "a context that has ended does no harm",
	}
	for fault, clause := range tests {
		t.Run(string(fault), func(t *testing.T) {
			broken := sessiontest.Broken(t.Context(), func(now func() time.Time) session.Store {
				return newFake(fault, now)
			})
			if broken[clause] == nil {
				t.Errorf("the clause %q did not notice; those that did: %v", clause, broken)
			}
		})
	}
}

package pizzeria

import (
	"testing"
	"time"

	"github.com/parleybot/parley/bot/bottest"
)

const welcome = "Welcome to the corner pizzeria! 🍕 Shall we?"

func TestDelivery(t *testing.T) {
	chat := bottest.Start(t, Routes())

	chat.Say("hi")
	chat.Expect(welcome, "Order a pizza", "Opening hours")
	chat.Tap("Order a pizza")
	chat.ExpectTyping()
	chat.ExpectCard("Margherita", "Margherita")
	chat.ExpectCard("Funghi", "Funghi")
	chat.ExpectCard("Diavola", "Diavola")
	chat.Tap("Diavola")
	chat.Expect("Which size?", "Small", "Medium", "Large")
	chat.Tap("Large")
	chat.Expect("How many of them?", "1", "2", "3")
	chat.Say("none")
	chat.Expect("Please send a whole number from 1 to 20.")
	chat.Expect("How many of them?", "1", "2", "3")
	chat.Tap("2")
	chat.Expect("Delivery or pickup?", "Delivery", "Pickup")
	chat.Tap("Delivery")
	chat.Expect("Which street and number?")
	chat.Say("the corner")
	chat.Expect("I need a street and a number, such as Main Street 1.")
	chat.Expect("Which street and number?")
	chat.Say("Main Street 1")
	chat.Expect("In which part of town?", "Old Town", "Harbour", "Hillside")
	chat.Tap("Harbour")
	chat.Expect("2 × Diavola, Large: €32.00\nDelivery to Main Street 1, Harbour: €3.00\nTogether: €35.00\n\n"+
		"Shall I put it in the oven?", "Yes", "No", "Back")
	chat.Tap("Yes")
	chat.Expect("image: " + pictures + "oven.png")
	chat.ExpectCard("2 × Diavola, Large", "Order again")
	chat.Expect("It is in the oven! We ring at Main Street 1 in about 40 minutes.")
	chat.Advance(23 * time.Hour) // nobody is reminded of what is done
	chat.ExpectNothing()
}

func TestPickup(t *testing.T) {
	chat := bottest.Start(t, Routes())
	chat.Say("Pizza")
	chat.Expect("Margherita", "Margherita", "Funghi", "Diavola")
	chat.Say("funghi!")
	chat.Expect("Which size?", "Small", "Medium", "Large")
	chat.Say("small")
	chat.Expect("How many of them?", "1", "2", "3")
	chat.Say("12")
	chat.Expect("Delivery or pickup?", "Delivery", "Pickup")
	chat.Tap("Pickup")
	chat.Expect("Which number may we call when it is ready?", "user_phone_number")
	chat.Tap("user_phone_number")
	chat.Expect("12 × Funghi, Small: €126.00\nPickup, and we call "+bottest.PersonPhone+"\nTogether: €126.00\n\n"+
		"Shall I put it in the oven?", "Yes", "No", "Back")
	chat.Say("yes")
	chat.Expect("image: " + pictures + "oven.png")
	chat.ExpectCard("12 × Funghi, Small", "Order again")
	chat.Expect("It is in the oven! We call you when it is ready.")
}

// Whoever goes back is offered what they said before, and may take another way.
func TestBack(t *testing.T) {
	chat := bottest.Start(t, Routes())
	walk(chat, byDelivery, "confirm")
	chat.Tap("Back")
	chat.Expect("In which part of town?", "Old Town", "Harbour", "Hillside")
	chat.Say("back")
	chat.Expect("Which street and number?", "Main Street 1")
	chat.Say("BACK")
	chat.Expect("Delivery or pickup?", "Delivery", "Pickup")
	chat.Tap("Pickup")
	chat.Expect("Which number may we call when it is ready?", "user_phone_number")
	chat.Say("555 123456")
	chat.Expect("1 × Diavola, Large: €16.00\nPickup, and we call 555123456\nTogether: €16.00\n\n"+
		"Shall I put it in the oven?", "Yes", "No", "Back")
}

func TestRestart(t *testing.T) {
	chat := bottest.Start(t, Routes())
	walk(chat, byDelivery, "street")
	chat.Say("restart")
	chat.Expect("Margherita", "Margherita", "Funghi", "Diavola")
	chat.Tap("Margherita")
	chat.Expect("Which size?", "Small", "Medium", "Large")
	chat.Say("back")
	chat.Say("back") // there is nothing before the first question
	chat.Expect("Margherita", "Margherita", "Funghi", "Diavola")
	chat.Expect("Margherita", "Margherita", "Funghi", "Diavola")
	chat.ExpectNothing()
}

func TestCancel(t *testing.T) {
	const goodbye = "No pizza, then. See you soon!"
	for _, state := range []string{"pizza", "way", "district", "confirm"} {
		chat := bottest.Start(t, Routes())
		walk(chat, byDelivery, state)
		chat.Say("cancel")
		chat.Expect(goodbye)
		chat.Say("Large")
		chat.Expect(welcome, "Order a pizza", "Opening hours")
	}
	chat := bottest.Start(t, Routes())
	walk(chat, byPickup, "confirm")
	chat.Tap("No")
	chat.Expect(goodbye)
	chat.ExpectNothing()
}

// The address of a delivery is offered with the next one, and can be changed by itself.
func TestAddressIsKnown(t *testing.T) {
	chat := bottest.Start(t, Routes())
	walk(chat, byDelivery, "")

	walk(chat, byDelivery[:3], "")
	chat.Expect("Delivery or pickup? Last time it was Main Street 1, Old Town.", "Delivery", "Same address", "Pickup")
	chat.Say("cancel")
	chat.Expect("No pizza, then. See you soon!")

	chat.Say("my address")
	chat.Expect("Which street and number?")
	chat.Say("Quay 7")
	chat.Expect("In which part of town?", "Old Town", "Harbour", "Hillside")
	chat.Say("harbour")
	chat.Expect("Noted: Quay 7, Harbour.")
	chat.Say("my address")
	chat.Expect("Which street and number?")
	chat.Say("cancel")
	chat.Expect("Your address stays as it is.")

	walk(chat, byDelivery[:3], "")
	chat.Expect("Delivery or pickup? Last time it was Quay 7, Harbour.", "Delivery", "Same address", "Pickup")
	chat.Tap("Same address")
	chat.Expect("1 × Diavola, Large: €16.00\nDelivery to Quay 7, Harbour: €3.00\nTogether: €19.00\n\n"+
		"Shall I put it in the oven?", "Yes", "No", "Back")
	chat.Tap("Yes")
	chat.Expect("image: " + pictures + "oven.png")
	chat.ExpectCard("1 × Diavola, Large", "Order again")
	chat.Expect("It is in the oven! We ring at Quay 7 in about 40 minutes.")
}

// What can be asked at any time is answered, and then the question comes once more.
func TestInterrupts(t *testing.T) {
	chat := bottest.Start(t, Routes())
	again := func() {
		t.Helper()
		chat.Expect("How many of them?", "1", "2", "3")
		chat.ExpectNothing()
	}
	walk(chat, byDelivery, "count")
	chat.Say("help")
	chat.Expect("Say back, restart or cancel at any question. Or tap:",
		"Order a pizza", "Change my address", "Opening hours")
	again()
	chat.Tap("Opening hours")
	chat.Expect("The oven is hot from 11:00 to 23:00, every day.")
	again()
	chat.Tap("Change my address")
	chat.Expect("Let us finish this first. Back leads to the question before, and cancel out of it.")
	again()
	chat.SendImage("https://shop.example/hunger.png")
	chat.Expect("Please send a whole number from 1 to 20.")
	again()
	chat.TapMenu("Order a pizza", "ORDER") // begins anew
	chat.Expect("Margherita", "Margherita", "Funghi", "Diavola")
	chat.ExpectNothing()

	chat.Say("cancel")
	chat.Expect("No pizza, then. See you soon!")
	chat.Tap("Change my address")
	chat.Expect("Which street and number?")
	chat.ExpectNothing()
}

func TestReminderAndTimeout(t *testing.T) {
	chat := bottest.Start(t, Routes())
	walk(chat, byDelivery, "street")
	chat.Advance(10*time.Minute - time.Second)
	chat.ExpectNothing()
	chat.Advance(time.Second)
	chat.Expect("The oven is still hot! Where were we?")
	chat.Expect("Which street and number?")
	chat.Advance(50 * time.Minute)
	chat.Expect("I have put your order aside. Whenever you are hungry again:", "Order a pizza")
	chat.Tap("Order a pizza")
	chat.Expect("Margherita", "Margherita", "Funghi", "Diavola")
	chat.ExpectNothing()
}

// Each person has an order of their own.
func TestTwoPeople(t *testing.T) {
	ada := bottest.Start(t, Routes())
	ben := ada.Person("Ben")
	walk(ada, byDelivery, "count")
	walk(ben, byPickup, "confirm")
	ada.Tap("3")
	ada.Expect("Delivery or pickup?", "Delivery", "Pickup")
	ben.Tap("Yes")
	ben.Expect("image: " + pictures + "oven.png")
	ben.ExpectCard("1 × Diavola, Large", "Order again")
	ben.Expect("It is in the oven! We call you when it is ready.")
	ada.ExpectNothing()
}

func TestScripts(t *testing.T) { bottest.Scripts(t, Routes(), "testdata/*.chat") }

package engines

import "testing"

// TestAllAgree holds that the engines are asked the same: each answers every
// question as it should. The map knows names alone, and agrees too.
func TestAllAgree(t *testing.T) {
	for _, n := range []int{1, 10, 37, 200} {
		rules := Rules(n)
		all, err := New(rules)
		if err != nil {
			t.Fatal(err)
		}
		for _, allowed := range []bool{true, false} {
			questions, err := Ask(rules, 500, allowed)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range all {
				if e.Name != All[i] {
					t.Errorf("%s is not in its place", e.Name)
				}
				if err := e.Agree(questions); err != nil {
					t.Errorf("%d rules: %v", n, err)
				}
			}
		}
	}
}

// TestAgreeTellsAWrongAnswer is about an engine that allows everything.
func TestAgreeTellsAWrongAnswer(t *testing.T) {
	questions, err := Ask(Rules(10), 10, false)
	if err != nil {
		t.Fatal(err)
	}
	if (Engine{Name: "fast", Decide: func(*Question) bool { return true }}).Agree(questions) == nil {
		t.Error("no error")
	}
}

// TestNoTwoQuestionsAlike holds what "never repeats itself" says of a stream.
func TestNoTwoQuestionsAlike(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		questions, err := Ask(Rules(10), 4000, allowed)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for i := range questions {
			text := questions[i].Call.String()
			if seen[text] {
				t.Errorf("twice: %s", text)
			}
			seen[text] = true
		}
	}
}

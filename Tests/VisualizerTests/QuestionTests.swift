import Models
import Testing

@testable import Visualizer

/// A show with its questions, for tests.
struct Quiz: CustomTestStringConvertible {
  let name: String

  var testDescription: String { name }

  func open() throws -> any Show {
    try ShowLibrary.open(name.contains("/") ? "\(TestFiles.folder)/Fixtures/\(name)" : name)
  }

  static let bundled = Shows.bundled.map(Quiz.init)
  /// Traces of real systems, with a few scripts of packetdrill.
  static let captured = [
    "map/classic-grow.json", "map/classic-mixed-600.json", "map/classic-lookup-growing.json",
    "map/classic-nan.json", "map/classic-samesize.json", "map/classic-delete.json",
    "allocator/trace-three-cycles-go1.19.json", "allocator/trace-tiny-go1.27.json",
    "allocator/trace-page-cache-go1.27.json", "allocator/trace-header-sizes-go1.27.json",
    "allocator/notes/trace-hidden-unswept-go1.10.json",
    "allocator/notes/trace-half-free-go1.8.json", "tcp-loss/lost-req-thrice.json",
    "tcp-loss/dup2.json", "pkt/retransmissions.pkt", "pkt/time-wait-syn.pkt",
    "pkt/established-rst.pkt",
  ].map(Quiz.init)
  static let all = bundled + captured

  /// The questions of a show by step.
  static func questions(_ show: any Show) -> [(step: Int, question: Question)] {
    (0..<show.stepCount).compactMap { step in
      show.question(atStep: step).map { (step, $0) }
    }
  }
}

/// What every question owes the viewer, whatever it is about.
@Suite struct QuestionTests {
  @Test(arguments: Quiz.bundled)
  func aScenarioAsksNowAndThen(_ quiz: Quiz) throws {
    let show = try quiz.open()
    let questions = Quiz.questions(show)
    #expect(questions.count >= 3)
    #expect(questions.count * 3 <= show.stepCount, "\(questions.count) of \(show.stepCount)")
    // The right one must not always stand at the same place.
    if questions.count >= 6 { #expect(Set(questions.map(\.question.right)).count > 1) }
  }

  @Test(arguments: Quiz.all)
  func aQuestionIsWholeInBothLanguages(_ quiz: Quiz) throws {
    let show = try quiz.open()
    for (step, question) in Quiz.questions(show) {
      #expect((2...4).contains(question.choices.count))
      #expect(question.choices.indices.contains(question.right))
      for language in Language.allCases {
        let choices = question.choices.map { $0[language] }
        #expect(Set(choices).count == choices.count, "step \(step): \(choices)")
        let text = question.text[language]
        #expect(text.hasSuffix(language == .en ? "?" : "？"), "step \(step): \(text)")
        #expect(!text.contains("  ") && GlyphWidth.of(text) <= 116, "step \(step): \(text)")
      }
      let isWritable = ([question.text] + question.choices).allSatisfy {
        $0.en.unicodeScalars.allSatisfy {
          $0.isASCII || Charset.asciiStandIn($0.value) != 0x3f
        }
      }
      #expect(isWritable, "step \(step): \(question.text.en)")
    }
  }

  /// Asked twice, in another order, in another show: the same question.
  @Test(arguments: Quiz.bundled)
  func questionsAreTheSameOnASecondRun(_ quiz: Quiz) throws {
    let (first, second) = (try quiz.open(), try quiz.open())
    let steps = Array(0..<first.stepCount)
    let forward = steps.map { first.question(atStep: $0) }
    let backward = steps.reversed().map { second.question(atStep: $0) }
    #expect(forward == backward.reversed())
  }

  /// What was said last must not tell the answer: it names none of the choices, or another as well.
  @Test(arguments: Quiz.bundled)
  func theStepBeforeDoesNotTellTheAnswer(_ quiz: Quiz) throws {
    let show = try quiz.open()
    for (step, question) in Quiz.questions(show) {
      // What was said of another operation is about other buckets and spans.
      let (here, before) = (show.record(ofStep: step), show.record(ofStep: step - 1))
      guard before.operation == nil || before.operation == here.operation else { continue }
      for language in Language.allCases {
        let said =
          show.narration(ofStep: step - 1, language).text
          + " \(show.whatUntold(atStep: step) ?? "")"
        let named = question.choices.indices.filter {
          said.contains(question.choices[$0][language])
        }
        #expect(named != [question.right], "step \(step): \(said) | \(question.text[language])")
      }
    }
  }

  /// A hash is taken apart only behind the question about its bucket, and the title does not name
  /// the state that is asked for.
  @Test(arguments: Quiz.bundled)
  func thePictureDoesNotTellTheAnswer(_ quiz: Quiz) throws {
    let show = try quiz.open()
    for (step, question) in Quiz.questions(show) {
      let record = show.record(ofStep: step)
      guard ["keyHashed", "stateChanged"].contains(record.event) else { continue }
      var look = Look(size: .middle)
      look.prediction = PredictionPanel(question: question)
      let rows = show.frame(step - 1, progress: 1, look).text.split(separator: "\n")
      if record.event == "keyHashed", let key = record.fields.first(where: { $0.name == "key" }) {
        #expect(!rows.contains { $0.contains("hash of \(key.value.text) ") }, "step \(step)")
      }
      if record.event == "stateChanged" {
        let title = try #require(rows.last { $0.contains("what will happen?") })
        #expect(!title.contains(question.choices[question.right].en), "step \(step): \(title)")
      }
    }
  }

  /// The question with all its choices is on the screen, whatever the window.
  @Test(
    arguments: Quiz.bundled,
    [Size(columns: 60, rows: 16), .small, .middle, .large])
  func aQuestionIsShownWhole(_ quiz: Quiz, _ size: Size) throws {
    let show = try quiz.open()
    for (step, question) in Quiz.questions(show).prefix(size == .small ? 40 : 8) {
      for language in Language.allCases {
        var look = Look(size: size, language: language)
        look.prediction = PredictionPanel(question: question)
        let rows = show.frame(step - 1, progress: 1, look).text.split(separator: "\n")
        let box = rows.suffix(8).joined().filter { !" │╮╯╰╭─".contains($0) }
        for text in [question.text] + question.choices {
          let wanted = text[language].filter { $0 != " " }
          #expect(box.contains(wanted), "step \(step): \(text[language])")
        }
      }
    }
  }
}

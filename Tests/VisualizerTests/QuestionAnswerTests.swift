import Models
import Testing

@testable import Visualizer

/// Every right answer is what the events say, and every wrong choice could have been.
///
/// The events are read as `steps --json` prints them, and the wrong choices are checked against the
/// state before the step, by other means than the questions are made with.
@Suite struct QuestionAnswerTests {
  @Test(arguments: Quiz.all)
  func theRightAnswerIsWhatFollows(_ quiz: Quiz) throws {
    let show = try quiz.open()
    for (step, question) in Quiz.questions(show) {
      let right = question.choices[question.right].en
      let answer = try #require(
        Answer(show, step).text(right), "step \(step): \(question.text.en)")
      #expect(right == answer, "step \(step): \(question.text.en)")
    }
  }

  // MARK: - Maps

  @Test(arguments: Quiz.all.filter { $0.name.hasPrefix("map") })
  func wrongChoicesOfAMapArePossible(_ quiz: Quiz) throws {
    let show = try quiz.open()
    let timeline = try Shows.timeline(show)
    for (step, question) in Quiz.questions(show) {
      let moment = timeline.moment(step)
      let map = moment.before
      let numbers = question.choices.compactMap { Answer.lastNumber($0.en) }
      switch try #require(moment.event) {
      case .keyHashed: #expect(numbers.allSatisfy { $0 < 1 << map.B })
      case .bucketChosen:
        #expect(map.isGrowing && numbers.count == 2)
        for (choice, number) in zip(question.choices, numbers) {
          let array = choice.en.hasPrefix("old") ? map.oldbuckets : map.buckets
          #expect(number < array?.bucketCount ?? 0)
        }
      case .evacuationStarted:
        let old = try #require(map.oldbuckets)
        #expect(numbers.count == question.choices.count)
        #expect(numbers.allSatisfy { $0 < old.bucketCount && old.liveCount($0) >= 0 })
        // A bucket that is evacuated says so in its first slot.
        #expect(numbers.allSatisfy { !(2...4).contains(old[$0].tophash[0]) })
      case .keyMoved(_, let from, _, _, _):
        let old = try #require(map.oldbuckets)
        #expect(numbers == [from.bucket, from.bucket + old.bucketCount])
        #expect(map.B == old.B + 1)
      case .keyInserted(_, let place, _, _) where question.choices[0].en.hasPrefix("slot"):
        let array = try #require(map.buckets)
        let block = array.chain(place.bucket)[place.bmap]
        #expect(numbers.allSatisfy { TopHash.isEmpty(array[block].tophash[$0]) })
      case .keyInserted, .overflowAllocated, .growthStarted: #expect(!map.isGrowing)
      case .emptyRestSpread(let places):
        #expect(numbers.allSatisfy { $0 >= 1 && $0 <= places[0].bmap * 8 + places[0].slot + 1 })
      case .tophashCompared: #expect(question.choices.count <= 3)
      case let event: Issue.record("no check for \(event.name)")
      }
    }
  }

  // MARK: - The allocator

  @Test(
    arguments: Quiz.all.filter {
      $0.name.hasPrefix("malloc") || $0.name.hasPrefix("alloc") || $0.name.hasPrefix("memory")
    })
  func wrongChoicesOfTheAllocatorArePossible(_ quiz: Quiz) throws {
    let show = try quiz.open()
    let timeline = try #require(show as? Performance<AllocatorSubject>).timeline
    for (step, question) in Quiz.questions(show) {
      let moment = timeline.moment(step)
      let heap = moment.before
      let texts = question.choices.map(\.en)
      switch try #require(moment.event) {
      case .sizeClassFound(let sizeClass, _, _, _) where texts[0].hasPrefix("a slot"):
        guard case .malloc(let bytes, _, _) = moment.operation else {
          Issue.record("step \(step) is no request")
          continue
        }
        let sizes = (1..<heap.classes.count).map { heap.classes.slotSizeBytes($0) }
        let offered = texts.compactMap { Answer.lastNumber($0) }
        #expect(sizeClass > 0 && offered.allSatisfy { sizes.contains($0) && $0 >= bytes })
      case .sizeClassFound(let sizeClass, _, _, _):
        let isTiny = texts.contains("it shares the open block")
        #expect(isTiny ? heap.ps[heap.worker].mcache.tiny != nil : sizeClass == 0)
      case .tinyPacked, .tinyBlockKept, .tinyBlockOpened:
        #expect(heap.ps[heap.worker].mcache.tiny != nil)
      case .mcacheAsked(_, _, let span, _): #expect(span != nil && texts.count == 2)
      case .mcentralAsked:
        let unswept = texts.filter { $0.contains("Unswept") || $0.hasSuffix("empty") }
        #expect(heap.isSweepDone == unswept.filter { !$0.hasSuffix("nonempty") }.isEmpty)
        #expect(texts.contains("mheap"))
      case .mheapAsked(let npages):
        #expect(npages < 16 && texts.count == 4)
      case .arenaReserved, .heapGrew, .pagesTaken(_, _, .pageHeap): #expect(texts.count == 2)
      case .spanFreed, .pagesScavenged, .kernelReclaimed: #expect(texts.count == 2)
      case .slotReturned(_, let id, _, _):
        let span = try #require(heap.span(id))
        let slots = texts.compactMap { Answer.lastNumber($0) }
        #expect(slots.allSatisfy { $0 < span.nelems && !span.isUsed($0) })
      case .spanMoved: #expect(texts.allSatisfy { $0.hasPrefix("m") && !$0.contains("Unswept") })
      case .spanSwept(let id, _, _, _):
        let span = try #require(heap.span(id))
        #expect(texts.count == (span.allocCount == span.nelems ? 3 : 2))
      case .pagesTaken(_, let npages, _):
        let lists = texts.filter { $0.contains("free[") }
        #expect(lists.allSatisfy { Answer.lastNumber($0) ?? 0 >= npages })
      case .regionsMapped: #expect(texts.contains { $0.hasPrefix("none") })
      case let event: Issue.record("no check for \(event.name)")
      }
    }
  }

  // MARK: - TCP

  /// The diagram's transitions, and that of a reset, an abort or a timeout.
  ///
  /// Source: RFC 9293, section 3.3.2, figure 5.
  private static let transitions = """
    CLOSED LISTEN, CLOSED SYN_SENT, LISTEN SYN_RCVD, LISTEN SYN_SENT, LISTEN CLOSED,
    SYN_SENT CLOSED, SYN_SENT SYN_RCVD, SYN_SENT ESTABLISHED, SYN_RCVD LISTEN,
    SYN_RCVD FIN_WAIT_1, SYN_RCVD ESTABLISHED, ESTABLISHED FIN_WAIT_1, ESTABLISHED CLOSE_WAIT,
    FIN_WAIT_1 FIN_WAIT_2, FIN_WAIT_1 CLOSING, FIN_WAIT_1 TIME_WAIT, FIN_WAIT_2 TIME_WAIT,
    CLOSE_WAIT LAST_ACK, CLOSING TIME_WAIT, LAST_ACK CLOSED, TIME_WAIT CLOSED
    """.split(whereSeparator: { ",\n".contains($0) }).map {
      $0.split(separator: " ").map(String.init)
    }

  @Test(
    arguments: Quiz.all.filter {
      $0.name.hasPrefix("tcp") || $0.name.hasPrefix("http") || $0.name.hasPrefix("pkt")
    })
  func wrongChoicesOfTCPArePossible(_ quiz: Quiz) throws {
    let show = try quiz.open()
    let timeline = try #require(show as? Performance<TCPSubject>).timeline
    for (step, question) in Quiz.questions(show) {
      let moment = timeline.moment(step)
      let texts = question.choices.map(\.en)
      let arrived: Segment? =
        if case .segmentArrived(_, _, let segment)? = moment.recent.last { segment } else { nil }
      switch try #require(moment.event) {
      case .stateChanged(_, let from, _, _) where !texts.contains("it gives up"):
        for text in texts {
          let isDrawn = Self.transitions.contains([from.rawValue, text])
          #expect(isDrawn || text == "CLOSED", "step \(step): \(from) to \(text)")
        }
      case .segmentDiscarded, .timeWaitReused:
        #expect(try #require(arrived).flags.contains(.rst) != texts.contains("a RST"))
      case .segmentKept: #expect(arrived != nil)
      case .userCalled(let end, let call):
        #expect(call == .abort || moment.before[end].unreadCount > 0)
      case .segmentSent, .timerStarted, .stateChanged: #expect((2...3).contains(texts.count))
      case let event: Issue.record("no check for \(event.name)")
      }
    }
  }
}

/// The answer to a question as the records of the steps have it.
private struct Answer {
  let show: any Show
  let step: Int
  let record: StepRecord

  init(_ show: any Show, _ step: Int) {
    (self.show, self.step) = (show, step)
    record = show.record(ofStep: step)
  }

  /// The last whole number in a text.
  static func lastNumber(_ text: String) -> Int? {
    text.split { !$0.isNumber }.last.flatMap { Int($0) }
  }

  private func text(of name: String, _ record: StepRecord? = nil) -> String {
    (record ?? self.record).fields.first { $0.name == name }?.value.text ?? ""
  }

  private func number(_ name: String) -> Int { Int(text(of: name)) ?? -1 }

  /// The records behind this step within its operation.
  private var following: [StepRecord] {
    let last = min(show.stepCount, step + 60)
    return (step + 1..<max(step + 1, last)).map { show.record(ofStep: $0) }
      .prefix { $0.operation == record.operation }.map(\.self)
  }

  /// The right choice in words; the choice that was called right only tells the kind of question.
  func text(_ right: String) -> String? {
    switch record.event {
    case "keyHashed": "bucket \(number("bucket"))"
    case "bucketChosen": "\(text(of: "array")) bucket \(number("bucket"))"
    case "tophashCompared":
      text(of: "equal") == "true"
        ? "equal: the key is compared"
        : number("stored") == 0 && isGeneric
          ? "emptyRest: the search ends" : "not equal: on to the next slot"
    case "keyInserted":
      right.hasPrefix("slot")
        ? "slot \(Self.lastNumber(text(of: "at")) ?? -1)" : "it takes a free slot"
    case "overflowAllocated": "an overflow block is linked"
    case "growthStarted":
      text(of: "growth") == "double"
        ? "growth starts: twice the buckets" : "growth starts: same size"
    case "evacuationStarted": "old bucket \(number("bucket"))"
    case "keyMoved":
      "\(text(of: "half")): bucket \(text(of: "to").split { !$0.isNumber }.first ?? "")"
    case "emptyRestSpread":
      Self.plural(text(of: "slots").split(separator: ",").count, "slot")
    default: allocatorText(right) ?? tcpText(right)
    }
  }

  private var isGeneric: Bool {
    (show as? Performance<MapSubject>)?.timeline.moment(step).before.type.variant == .generic
  }

  private static func plural(_ count: Int, _ what: String) -> String {
    count == 1 ? "1 \(what)" : "\(count) \(what)s"
  }

  // MARK: - The allocator

  private func allocatorText(_ right: String) -> String? {
    switch record.event {
    case "sizeClassFound":
      if right.hasPrefix("it") { return "it needs a new block" }
      return number("sizeClass") == 0
        ? "\(number("elemsize") / 8192) pages, its own span" : "a slot of \(number("elemsize"))"
    case "tinyPacked": return "it shares the open block"
    case "tinyBlockKept", "tinyBlockOpened":
      let after = (show as? Performance<AllocatorSubject>)?.timeline.moment(step).after
      let left = after.map { 16 - $0.ps[$0.worker].mcache.tinyOffset } ?? -1
      let which = record.event == "tinyBlockKept" ? "old" : "new"
      return "the \(which) one, with \(left) bytes left"
    case "mcacheAsked":
      let span = text(of: "span")
      return number("freeSlots") > 0
        ? "\(span) has a free slot" : "\(span) is full: on to mcentral"
    case "mcentralAsked": return source
    case "mheapAsked":
      guard let next = following.first else { return nil }
      switch (next.event, text(of: "from", next)) {
      case ("pageCacheFilled", _): return "P\(text(of: "p", next))'s page cache is filled first"
      case ("pagesTaken", let from): return "the page cache of \(from.prefix(2)) has them"
      default: return "the heap grows"
      }
    case "slotReturned": return "slot \(number("slot"))"
    case "spanMoved": return Self.place(text(of: "to"))
    case "spanSwept":
      let nelems = (show as? Performance<AllocatorSubject>)?.timeline.moment(step).before.classes
        .slotCount(spanClass: number("spanClass"))
      let left = number("allocCount")
      return left == 0
        ? "no slot: its pages go back"
        : left == nelems ? "every slot is used" : "some slots are used"
    case "pagesTaken":
      return text(of: "from") == "mheap"
        ? "the bitmap has such a run" : "a run of \(text(of: "from"))"
    case "arenaReserved", "heapGrew": return "no run is long enough: the heap grows"
    case "spanFreed", "pagesScavenged", "kernelReclaimed":
      return resident(step) < resident(step - 1) ? "it falls" : "it stays as it is"
    case "regionsMapped": return "none: the arena grows"
    default: return nil
    }
  }

  private func resident(_ step: Int) -> Int {
    (show as? Performance<AllocatorSubject>)?.timeline.moment(step).after.figures.residentBytes
      ?? 0
  }

  /// Where the span was before that reaches the mcache at last.
  private var source: String? {
    let reached = following.prefix { $0.event != "slotReturned" }.last {
      $0.event == "spanMoved" && text(of: "to", $0).contains("mcache")
    }
    let span = reached.map { text(of: "span", $0) }
    return following.first { $0.event == "spanMoved" && text(of: "span", $0) == span }.map {
      Self.place(text(of: "from", $0))
    }
  }

  private static func place(_ place: String) -> String {
    let name = place.split(separator: " ")[0]
    return name == "mheap" ? "mheap" : "mcentral \(name)"
  }

  // MARK: - TCP

  private func tcpText(_ right: String) -> String? {
    let previous = show.record(ofStep: step - 1)
    switch record.event {
    case "stateChanged":
      return previous.event == "timerExpired" && text(of: "timer", previous) == "retransmission"
        ? "it gives up" : text(of: "to")
    case "segmentDiscarded", "timeWaitReused":
      let ends = ["segmentArrived", "timerExpired", "userCalled"]
      let mine = following.prefix { !ends.contains($0.event) }.first {
        $0.event == "segmentSent" && text(of: "from", $0) == text(of: "side")
      }
      guard let flags = mine.map({ text(of: "flags", $0) }) else { return "nothing" }
      return flags.contains("RST")
        ? "a RST" : flags == "SYN ACK" ? "a SYN ACK: a new connection" : "an ACK"
    case "segmentKept": return "they wait for what is missing"
    case "timerStarted" where text(of: "timer") == "delayedAck":
      return "a little later, if no data goes back first"
    case "timerStarted":
      return following.first?.event == "rtoBackedOff"
        ? "it sends again and waits twice as long" : "it sends again and waits as long"
    case "segmentSent":
      return text(of: "flags") == "ACK" ? "at once" : nil
    case "userCalled":
      let sent = following.prefix { $0.event != "callReturned" }.first {
        $0.event == "segmentSent"
      }
      let flags = sent.map { text(of: "flags", $0) } ?? ""
      return flags.contains("RST") ? "a RST" : flags.contains("FIN") ? "a FIN ACK" : "nothing"
    default: return nil
    }
  }
}

import Models
import Testing

@testable import Visualizer

@Suite struct TimelineTests {
  /// A step as it was when the script was performed once from the start.
  private struct Walked: Equatable {
    var before: String
    var after: String
    var event: String
  }

  /// Every step of a script, by performing it from the start without any timeline.
  private func walk(_ timeline: Timeline<Hmap>) -> [Walked] {
    var state = timeline.moment(0).before
    var steps: [Walked] = []
    for item in timeline.script {
      var last = fingerprint(state)
      switch item {
      case .chapter, .say: steps.append(Walked(before: last, after: last, event: ""))
      case .operation(let operation, _):
        state.perform(operation) { event, now in
          let after = fingerprint(now)
          steps.append(Walked(before: last, after: after, event: "\(event)"))
          last = after
        }
      }
    }
    return steps
  }

  private func look(_ timeline: Timeline<Hmap>, _ step: Int) -> Walked {
    let moment = timeline.moment(step)
    #expect(moment.step == step)
    return Walked(
      before: fingerprint(moment.before), after: fingerprint(moment.after),
      event: moment.event.map { "\($0)" } ?? "")
  }

  /// Any step looks as it does when one walks there: forward, back, and in any order.
  @Test(arguments: Shows.maps)
  func aMomentIsTheSameWhicheverWayOneComes(_ name: String) throws {
    let timeline = try Shows.timeline(Shows.open(name))
    let walked = walk(timeline)
    #expect(walked.count == timeline.stepCount)
    for step in walked.indices { #expect(look(timeline, step) == walked[step], "step \(step)") }
    for step in walked.indices.reversed() {
      #expect(look(timeline, step) == walked[step], "step \(step)")
    }
    var random = SplitMix64(seed: 1)
    for step in walked.indices.shuffled(using: &random) {
      #expect(look(timeline, step) == walked[step], "step \(step)")
    }
  }

  /// The same with a script long enough for many checkpoints, and operations of many events.
  @Test func aLongScriptIsTheSameWhicheverWayOneComes() throws {
    let show = try Shows.map(
      ["insert a1..a150", "range", "delete a1..a90", "insert b1..b60", "lookup a1..a40", "clear"]
        + ["insert c1..c30", "make hint 5", "insert d1..d20", "range"], rules: "notes", seed: 3)
    let timeline = try Shows.timeline(show)
    let walked = walk(timeline)
    var random = SplitMix64(seed: 2)
    for step in walked.indices.shuffled(using: &random).prefix(300) {
      #expect(look(timeline, step) == walked[step], "step \(step)")
    }
  }

  @Test(arguments: Shows.bundled)
  func timesGoUpAndLeadBackToTheirSteps(_ name: String) throws {
    let show = try Shows.open(name)
    var time = 0
    for step in 0..<show.stepCount {
      #expect(show.time(ofStep: step) == time)
      let pace = show.pace(ofStep: step)
      #expect(pace.motion >= 0 && pace.total > 0)
      #expect(show.step(atTime: time) == step)
      #expect(show.step(atTime: time + pace.total - 1) == step)
      time += pace.total
    }
    #expect(show.duration == time)
    #expect(show.time(ofStep: show.stepCount) == time)
    #expect(show.step(atTime: -5) == 0 && show.step(atTime: .max) == show.stepCount - 1)
  }

  @Test(arguments: Shows.bundled)
  func everyStepKnowsItsOperationAndItsChapter(_ name: String) throws {
    let show = try Shows.open(name)
    var operation = -1
    for step in 0..<show.stepCount {
      let start = show.itemStart(ofStep: step)
      #expect(start <= step)
      let next = show.nextItem(afterStep: step) ?? show.stepCount
      #expect(next > step)
      let (index, before) = show.operation(ofStep: step)
      if let index {
        // An operation in which nothing happens has no step.
        if step == start {
          #expect(index > operation)
          operation = index
        }
        #expect(index == operation && before == operation)
      } else {
        #expect(before > operation && start == step && next == step + 1)
      }
      let chapter = show.chapters.lastIndex { $0.step <= step }
      #expect(show.chapter(ofStep: step) == chapter)
      #expect(show.record(ofStep: step).operation == index)
    }
    #expect(operation < show.operationCount)
  }

  /// Memory stays bounded and any seek is quick, however long the script.
  @Test func checkpointsOfABigScriptStayBounded() throws {
    let show = try Shows.map(["make hint 1000", "insert k1..k200000"])
    let timeline = try Shows.timeline(show)
    #expect(timeline.operationCount == 200_001)
    let mirror = Mirror(reflecting: timeline)
    let checkpoints = try #require(mirror.descendant("checkpoints"))
    let count = Mirror(reflecting: checkpoints).children.count
    #expect((2...512).contains(count))
    let bytes = try #require(mirror.descendant("checkpointBytes") as? Int)
    #expect(bytes <= 160 << 20)
    var random = SplitMix64(seed: 9)
    for _ in 0..<3 {
      let step = Int.random(in: 0..<timeline.stepCount, using: &random)
      let moment = timeline.moment(step)
      #expect(moment.step == step)
      #expect(timeline.moment(max(0, step - 1)).step == max(0, step - 1))
    }
    #expect(timeline.moment(timeline.stepCount - 1).after.count == 200_000)
  }
}

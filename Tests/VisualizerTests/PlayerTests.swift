import Models
import Testing

@testable import Visualizer

@Suite struct PlayerTests {
  /// What a viewer sees, as the terminal's loop draws it.
  private func canvas(_ player: Player, _ show: any Show) -> Canvas {
    var look = Look(size: .middle)
    look.status = PlayStatus(isPlaying: player.isPlaying, speed: player.speed)
    look.scroll = player.scroll
    return show.frame(player.step, progress: player.progress(in: show), look)
  }

  /// Lets whatever moves come to rest.
  private func settle(_ player: inout Player, _ show: any Show) {
    player.advance(milliseconds: 100_000, in: show)
  }

  @Test(arguments: Shows.bundled)
  func tenStepsForwardAndTenBackGiveTheIdenticalScreen(_ name: String) throws {
    let show = try Shows.open(name)
    for start in stride(from: 0, to: show.stepCount - 10, by: 13) {
      var player = Player(show: show, step: start)
      let before = canvas(player, show)
      for _ in 0..<10 { player.handle(.nextStep, in: show) }
      settle(&player, show)
      #expect(player.step == start + 10)
      for _ in 0..<10 { player.handle(.previousStep, in: show) }
      settle(&player, show)
      #expect(player.step == start)
      #expect(canvas(player, show) == before, "from step \(start)")
    }
  }

  /// A new step is seen from where its scene wants to be seen, however one comes to it.
  @Test func everyWayToAnotherStepForgetsTheScrolling() throws {
    let show = try Shows.open("malloc-sweep")
    for action in [Action.nextFrame, .previousFrame, .nextStep, .previousStep, .nextOperation] {
      var player = Player(show: show, step: 40)
      player.handle(.scroll(3), in: show)
      #expect(player.scroll == 3)
      for _ in 0..<200 where player.step == 40 { player.handle(action, in: show) }
      #expect(player.step != 40 && player.scroll == 0, "\(action)")
    }
  }

  @Test(arguments: Shows.bundled)
  func goingToAStepIsSteppingThere(_ name: String) throws {
    let show = try Shows.open(name)
    var walker = Player(show: show)
    for step in 0..<show.stepCount {
      if step % 7 == 0 || step == show.stepCount - 1 {
        var seeker = Player(show: show, step: (step * 31) % show.stepCount)
        seeker.handle(.goTo(step: step), in: show)
        #expect(canvas(seeker, show) == canvas(walker, show), "step \(step)")
        #expect(canvas(Player(show: show, step: step), show) == canvas(walker, show))
      }
      walker.handle(.nextStep, in: show)
      settle(&walker, show)
    }
    #expect(walker.step == show.stepCount - 1)
  }

  /// Frames forward to the end and back to the start pass through the same states.
  @Test(arguments: Shows.bundled)
  func framesBackAreTheFramesForwardReversed(_ name: String) throws {
    let show = try Shows.open(name)
    var player = Player(show: show)
    var forward = [player]
    while true {
      player.handle(.nextFrame, in: show)
      if player == forward.last { break }
      forward.append(player)
    }
    #expect(player.step == show.stepCount - 1 && player.progress(in: show) == 1)
    #expect(forward.count >= show.stepCount)
    for expected in forward.reversed().dropFirst() {
      player.handle(.previousFrame, in: show)
      #expect(player == expected)
    }
    #expect(player.step == 0)
  }

  @Test(arguments: Shows.bundled)
  func operationsAndChaptersForwardReachTheEndAndBackTheStart(_ name: String) throws {
    let show = try Shows.open(name)
    for (forward, back) in [
      (Action.nextOperation, Action.previousOperation), (.nextChapter, .previousChapter),
    ] {
      var player = Player(show: show)
      var steps = [player.step]
      while player.step < show.stepCount - 1 {
        player.handle(forward, in: show)
        #expect(player.step > steps[steps.count - 1])
        steps.append(player.step)
      }
      while player.step > 0 {
        let before = player.step
        player.handle(back, in: show)
        #expect(player.step < before)
      }
      #expect(steps.count > 4)
    }
    var player = Player(show: show)
    player.handle(.nextChapter, in: show)
    #expect(player.step == show.chapters.first { $0.step > 0 }?.step)
  }

  @Test func oneSeesAnOperationDone() throws {
    let show = try Shows.open("map-lookup")
    var player = Player(show: show)
    for _ in 0..<20 where player.step < show.stepCount - 1 {
      player.handle(.nextOperation, in: show)
      let next = show.nextItem(afterStep: player.step)
      #expect(next == nil || next == player.step + 1)
    }
  }

  @Test(arguments: [10, 33, 1000])
  func playingTakesAsLongAsItIsSaidTo(_ tick: Int) throws {
    let show = try Shows.open("map-lookup")
    var player = Player(show: show)
    player.handle(.goTo(step: 0), in: show)
    player.handle(.togglePlay, in: show)
    var time = 0
    var last = 0
    while player.isPlaying {
      player.advance(milliseconds: Double(tick), in: show)
      time += tick
      #expect(player.step >= last)
      last = player.step
    }
    #expect(player.step == show.stepCount - 1 && player.progress(in: show) == 1)
    // One has looked at the first step already when one starts to play.
    let first = show.pace(ofStep: 0).total
    #expect(time <= show.duration + tick && time >= show.duration - first)
  }

  @Test func twiceTheSpeedTakesHalfTheTime() throws {
    let show = try Shows.open("map-overflow")
    func time(_ speed: Double) -> Int {
      var player = Player(show: show, step: 5, speed: speed)
      player.handle(.togglePlay, in: show)
      var time = 0
      while player.step < 25 {
        player.advance(milliseconds: 5, in: show)
        time += 5
      }
      return time
    }
    #expect(abs(time(1) - 2 * time(2)) < 100)
    #expect(abs(time(0.5) - 2 * time(1)) < 200)
  }

  @Test func quietTimeEndsWithTheStep() throws {
    let show = try Shows.open("map-lookup")
    var player = Player(show: show, step: 1)
    #expect(player.quietTime(in: show) == nil)
    player.handle(.togglePlay, in: show)
    let quiet = try #require(player.quietTime(in: show))
    player.advance(milliseconds: quiet - 1, in: show)
    #expect(player.step == 1)
    player.advance(milliseconds: 1, in: show)
    #expect(player.step == 2)
  }

  @Test func speedStaysWithinItsScale() throws {
    let show = try Shows.open("map-lookup")
    var player = Player(show: show)
    for _ in 0..<30 { player.handle(.faster, in: show) }
    #expect(player.speed == 64)
    for _ in 0..<30 { player.handle(.slower, in: show) }
    #expect(player.speed == 0.125)
    player.handle(.normalSpeed, in: show)
    #expect(player.speed == 1)
  }

  @Test func playingFromTheEndStartsAnew() throws {
    let show = try Shows.open("map-lookup")
    var player = Player(show: show, step: show.stepCount - 1)
    player.handle(.togglePlay, in: show)
    #expect(player.step == 0 && player.isPlaying)
    player.handle(.togglePlay, in: show)
    #expect(!player.isPlaying && player.progress(in: show) == 1)
  }

  /// Whatever keys are pressed, one is at a step of the show.
  @Test(arguments: Shows.bundled)
  func anyKeysLeadToSomeStep(_ name: String) throws {
    let show = try Shows.open(name)
    var random = SplitMix64(seed: 6)
    let actions: [Action] = [
      .togglePlay, .nextFrame, .previousFrame, .nextStep, .previousStep, .nextOperation,
      .previousOperation, .nextChapter, .previousChapter, .firstStep, .lastStep, .tenth(0),
      .tenth(9), .goTo(step: -5), .goTo(step: 9_999_999), .goTo(step: 30), .faster, .slower,
      .normalSpeed,
      .restart, .scroll(3), .scroll(-50),
    ]
    var player = Player(show: show)
    for _ in 0..<1500 {
      if Bool.random(using: &random) {
        player.handle(actions.randomElement(using: &random) ?? .restart, in: show)
      } else {
        player.advance(milliseconds: Double.random(in: 0...3000, using: &random), in: show)
      }
      #expect((0..<show.stepCount).contains(player.step))
      #expect((0...1).contains(player.progress(in: show)) && player.elapsed >= 0)
    }
    _ = canvas(player, show)
  }
}

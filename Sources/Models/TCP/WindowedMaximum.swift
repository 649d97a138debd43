/// The greatest of the values of the last so many rounds, kept as the best three of them.
///
/// Source: Linux `minmax_running_max` (Kathleen Nichols' algorithm).
struct WindowedMaximum: Sendable, Equatable {
  private struct Sample: Sendable, Equatable {
    var round = 0
    var value = 0
  }

  /// How many rounds a value counts.
  private let length: Int
  private var first = Sample()
  private var second = Sample()
  private var third = Sample()

  init(rounds: Int) { length = rounds }

  /// The greatest value.
  var value: Int { first.value }

  /// Takes a round's value.
  mutating func take(_ value: Int, in round: Int) {
    let sample = Sample(round: round, value: value)
    if value >= first.value || round - third.round > length {
      (first, second, third) = (sample, sample, sample)
      return
    }
    if value >= second.value {
      (second, third) = (sample, sample)
    } else if value >= third.value {
      third = sample
    }
    age(with: sample)
  }

  /// Lets go of what is too old, and looks for what could follow it while there is time.
  private mutating func age(with sample: Sample) {
    let age = sample.round - first.round
    if age > length {
      (first, second, third) = (second, third, sample)
      if sample.round - first.round > length { (first, second, third) = (second, third, sample) }
    } else if second.round == first.round, age > length / 4 {
      (second, third) = (sample, sample)
    } else if third.round == second.round, age > length / 2 {
      third = sample
    }
  }
}

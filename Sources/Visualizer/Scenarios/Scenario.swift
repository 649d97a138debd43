import Models

/// What is to be shown: a model at its start, and what is asked of it one after the other.
struct Scenario<State: Model> {
  /// The name it was asked for by, without folder and extension.
  var name: String
  var title: Bilingual
  /// The rules that the model follows, as the screen names them.
  var rules: String
  var seed: UInt64
  var initial: State
  var script: [ScriptItem<State.Operation>]
}

/// One line of a script.
enum ScriptItem<Operation> {
  case chapter(Bilingual)
  /// A sentence of the author's between two operations.
  case say(Bilingual)
  /// A brisk operation is one of many alike, such as filling a map, and is played faster.
  case operation(Operation, brisk: Bool)
}

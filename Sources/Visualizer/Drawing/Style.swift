/// What a cell means.
///
/// Scenes name roles; only a theme knows colours.
enum Role: UInt8, CaseIterable {
  /// Plain text, the terminal's own colours.
  case text
  /// What is there but not the point: empty slots, units, hints.
  case dim
  case border
  case heading
  /// Where the eye should be: the cursor of the current step.
  case current
  /// Leaves one place for another in this step.
  case moved
  /// Looked at or compared in this step.
  case read
  /// Came into being in this step.
  case new
  /// Went away in this step, or waits to go.
  case freed
  /// Holds as much as it can.
  case full
  /// Has to wait for something else.
  case waiting
  /// Something went wrong.
  case error
}

/// How a cell is drawn beside its role.
struct Attributes: OptionSet {
  let rawValue: UInt8

  static let bold = Attributes(rawValue: 1)
  static let reverse = Attributes(rawValue: 2)
  static let underline = Attributes(rawValue: 4)
}

/// A role with attributes.
struct Style: Equatable {
  var role: Role
  var attributes: Attributes = []

  init(_ role: Role, _ attributes: Attributes = []) {
    self.role = role
    self.attributes = attributes
  }

  static let text = Style(.text)
  static let dim = Style(.dim)
  static let border = Style(.border)
  static let heading = Style(.heading, .bold)
}

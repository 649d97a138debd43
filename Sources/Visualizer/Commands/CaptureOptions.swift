import ArgumentParser

/// Which part of a packet capture is meant.
struct CaptureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The connection of a packet capture, from 1. Otherwise play shows the table of several.",
      valueName: "N"))
  var connection: Int?

  /// Checks what can be checked without the capture.
  func validate() throws {
    if let connection, connection < 1 {
      throw ValidationError("--connection counts from 1.")
    }
  }
}

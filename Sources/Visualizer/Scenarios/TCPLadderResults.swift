import Models

/// Comparing one call's result, and noting what the streams hold.
extension TCPLadderCheck {
  func compareResult(_ app: TCPLadder.App, _ row: TCPLadder.Row) -> String? {
    guard let model = result else { return nil }
    let captured = words(app)
    let name = words(row)
    switch (captured, model) {
    case (.failed(let text), .failed(let error)) where text == error.rawValue: return nil
    case (.nothing, .done), (.nothing, .wouldBlock): return nil
    case (.number(let captured), .sent(let count)) where captured == count: return nil
    case (.nothing, .sent): return nil
    case (.text(let text), .endOfFile) where text.isEmpty: return nil
    case (.text(let text), .data(let runs)): return compareText(text, runs, name)
    case (.number, .done): return nil
    default: return "\(name): result: captured \(captured.words), model \(words(model))"
    }
  }

  private enum Captured {
    case nothing
    case number(Int)
    case text(String)
    case failed(String)

    var words: String {
      switch self {
      case .nothing: "nothing"
      case .number(let number): "\(number)"
      case .text(let text): text.isEmpty ? "end of file" : "\(text.unicodeScalars.count) bytes"
      case .failed(let text): "'\(text)'"
      }
    }
  }

  private func words(_ app: TCPLadder.App) -> Captured {
    if let error = app.error {
      let message = error.split(separator: ":", maxSplits: 1).last.map(String.init) ?? error
      let waits = ["timed out", "Resource temporarily unavailable", "Operation now in progress"]
      return waits.contains(message) ? .nothing : .failed(message)
    }
    switch app.result {
    case .string(let text): return .text(text)
    case .integer(let number): return .number(number)
    default: return .nothing
    }
  }

  private func words(_ result: CallResult) -> String {
    switch result {
    case .done: "success"
    case .sent(let count): "\(count)"
    case .data(let runs): "\(runs.reduce(0) { $0 + $1.count }) bytes"
    case .endOfFile: "end of file"
    case .wouldBlock: "nothing yet"
    case .failed(let error): "'\(error.rawValue)'"
    }
  }

  /// Compares what was read with what the ladder shows of the streams.
  private func compareText(_ text: String, _ runs: [Payload], _ name: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    let narrow = scalars.allSatisfy { $0.value < 256 }
    let count = runs.reduce(0) { $0 + $1.count }
    var bytes = narrow ? scalars.map { UInt8(truncatingIfNeeded: $0.value) } : Array(text.utf8)
    if bytes.count != count { bytes = Array(text.utf8) }
    guard bytes.count == count else {
      return "\(name): result: captured \(bytes.count) bytes, model \(count) bytes"
    }
    var position = 0
    for run in runs {
      for offset in run.offset..<run.offset + run.count {
        if let known = contents[run.origin]?[offset], known != bytes[position] {
          return "\(name): result: byte \(position): captured \(bytes[position]), model \(known)"
        }
        position += 1
      }
    }
    return nil
  }

  mutating func noteContents(_ send: TCPLadder.Send, _ record: SegmentRecord) {
    guard let payload = record.segment.payload else { return }
    for (index, byte) in send.data.prefix(payload.count).enumerated() {
      contents[payload.origin, default: [:]][payload.offset + index] = byte
    }
  }
}

import Models

/// The state diagram of RFC 9293 with the present state of both ends lit.
///
/// Source: RFC 9293, section 3.3.2, figure 5.
struct TCPStatesPane {
  let network: TCPNetwork
  let connection: Int
  /// The change that this step is about, if it is one.
  let change: (end: End, from: ConnectionState, to: ConnectionState)?
  let rect: Rect
  let look: Look

  /// Where a state stands: column 0 left, 1 middle, 2 right; the row from the top.
  private static let places: [(state: ConnectionState, column: Int, row: Int)] = [
    (.closed, 1, 0), (.listen, 0, 1), (.synSent, 2, 1), (.synRcvd, 0, 2),
    (.established, 1, 3), (.finWait1, 0, 4), (.closeWait, 2, 4), (.finWait2, 0, 5),
    (.closing, 1, 5), (.lastAck, 2, 5), (.timeWait, 0, 6),
  ]

  /// The transitions of an orderly life, and what causes each.
  private static let edges: [(from: ConnectionState, to: ConnectionState, label: String)] = [
    (.closed, .listen, "listen"), (.closed, .synSent, "connect: SYN"),
    (.listen, .synRcvd, "SYN: SYN ACK"), (.synSent, .synRcvd, "SYN"),
    (.synRcvd, .established, "ACK"), (.synSent, .established, "SYN ACK: ACK"),
    (.established, .finWait1, "close: FIN"), (.established, .closeWait, "FIN: ACK"),
    (.finWait1, .finWait2, "ACK"), (.finWait1, .closing, "FIN: ACK"),
    (.finWait2, .timeWait, "FIN: ACK"), (.closing, .timeWait, "ACK"),
    (.closeWait, .lastAck, "close: FIN"),
  ]

  private var inner: Rect { rect.inner }
  private var rowHeight: Int { max(1, min(4, inner.height / 7)) }

  private func point(_ state: ConnectionState) -> Point {
    let place = Self.places.first { $0.state == state } ?? (.closed, 1, 0)
    let third = inner.width / 3
    return Point(
      x: inner.x + third * place.column + third / 2, y: inner.y + place.row * rowHeight)
  }

  func draw(_ canvas: inout Canvas) {
    canvas.box(rect, title: Bilingual("states of both ends", "两端的状态")[look.language])
    canvas.clipped(to: inner) { canvas in
      for edge in Self.edges { draw(edge.from, edge.to, edge.label, &canvas) }
      for place in Self.places { draw(place.state, &canvas) }
      drawLegend(&canvas)
    }
  }

  private func draw(
    _ from: ConnectionState, _ to: ConnectionState, _ label: String, _ canvas: inout Canvas
  ) {
    let (start, end) = (point(from), point(to))
    let isTaken = change.map { $0.from == from && $0.to == to } ?? false
    let style = isTaken ? Style(.moved, .bold) : Style.border
    var here = start
    while here.y < end.y - 1 {
      here.y += 1
      canvas.put("│", here.x, here.y, style)
    }
    if here.x != end.x {
      let step = here.x < end.x ? 1 : -1
      canvas.put(start.x < end.x ? "╰" : "╯", here.x, here.y, style)
      while here.x + step != end.x {
        here.x += step
        canvas.put("─", here.x, here.y, style)
      }
      canvas.put(start.x < end.x ? "╮" : "╭", end.x, here.y, style)
    }
    guard rowHeight >= 2 else { return }
    let middle = Point(x: (start.x + end.x) / 2, y: here.y)
    let text = " \(label) "
    canvas.put(
      text, middle.x - GlyphWidth.of(text) / 2 + (start.x == end.x ? 6 : 0), middle.y,
      isTaken ? Style(.moved, .bold) : .dim)
  }

  private func draw(_ state: ConnectionState, _ canvas: inout Canvas) {
    let ends = network.connections[connection]
    let isClient = ends.client.state == state
    let isServer = ends.server.state == state
    let name = state.rawValue
    let mark = (isClient ? "C " : "") + name + (isServer ? " S" : "")
    let at = point(state)
    let text = "[ \(mark) ]"
    var style = Style.text
    if isClient { style = Style(.current, [.bold, .reverse]) }
    if isServer { style = Style(isClient ? .moved : .waiting, [.bold, .reverse]) }
    canvas.put(text, at.x - text.utf8.count / 2, at.y, style)
  }

  private func drawLegend(_ canvas: inout Canvas) {
    let text = Bilingual(
      "C client  S server  2MSL leads from TIME_WAIT, ACK from LAST_ACK to CLOSED",
      "C 客户端  S 服务端  TIME_WAIT 经 2MSL、LAST_ACK 收到 ACK 后到 CLOSED")
    canvas.put(
      TextLayout.fit(text[look.language], columns: inner.width - 2), inner.x + 1,
      inner.bottom - 1, .dim)
  }
}

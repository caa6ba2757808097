const HUES = ["#00857a", "#e0912f", "#3b78b5", "#b8504b", "#7a6bb0", "#6b9a3a", "#c2a12d", "#5c7f8a"]
const BOX = { height: 300, left: 58, right: 20, top: 26, bottom: 46 }

function niceScale(values, fromZero) {
  let low = Math.min(...values), high = Math.max(...values)
  if (fromZero) { low = Math.min(0, low); high = Math.max(0, high) }
  if (low === high) { low -= Math.abs(low) * 0.1 || 1; high += Math.abs(high) * 0.1 || 1 }
  if (!fromZero) { const pad = (high - low) * 0.15; low -= pad; high += pad }
  const rough = (high - low) / 4
  const power = Math.pow(10, Math.floor(Math.log10(rough)))
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough)
  const start = Math.floor(low / step + 1e-9) * step, end = Math.ceil(high / step - 1e-9) * step
  const ticks = []
  for (let tick = start; tick <= end + step / 2; tick += step) ticks.push(Math.abs(tick) < step / 1e6 ? 0 : tick)
  const places = Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9) + (step / power === 2.5 ? 1 : 0)))
  return { low: start, high: end, ticks, print: (n) => n.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places }) }
}

function useWidth() {
  const place = useRef(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(280, Math.round(entry.contentRect.width))))
    if (place.current) watch.observe(place.current)
    return () => watch.disconnect()
  }, [])
  return [place, width]
}

function short(text, most) { return text.length > most ? text.slice(0, most - 1) + "…" : text }

function Figure({ chart, open, shown }) {
  const drawn = chart.series.some((series) => series.points.some(Boolean))
  const many = chart.series.length > 1
  const draw = { barh: BarhSvg, ring: RingSvg, heat: HeatSvg, tiles: TilesSvg }[chart.form] || ColumnSvg
  const Svg = draw
  const [place, width] = useWidth()
  return (
    <figure className="gma-chart" data-testid="chart" data-form={chart.form}>
      <figcaption><b>{chart.caption}</b>{chart.unit && chart.form !== "ring" ? <span>单位：{chart.unit}{chart.rightUnit ? `；右轴：${chart.rightUnit}` : ""}</span> : null}</figcaption>
      <div ref={place}>{drawn && width ? <Svg chart={chart} open={open} shown={shown} width={width} /> : null}</div>
      {drawn ? null : <p className="gma-quiet">没有可画的数据。</p>}
      {many && drawn && chart.form !== "heat" ? (
        <ul className="gma-legend">
          {chart.series.map((series, at) => (
            <li key={at}><i className={series.mark === "line" ? "gma-line" : ""} style={{ background: HUES[at % HUES.length] }} />{series.name}</li>
          ))}
        </ul>
      ) : null}
      {chart.source ? <p className="gma-quiet">数据来源：{chart.source}</p> : null}
    </figure>
  )
}

function Mark({ point, label, open, shown, children }) {
  return (
    <g className={"gma-mark" + (shown === point.f ? " gma-mark-on" : "")} role="button" tabIndex={0} data-fact={point.f}
      onClick={() => open(point.f)} onKeyDown={(event) => event.key === "Enter" && open(point.f)}>
      <title>{label}：{point.t}（点开看出处）</title>
      {children}
    </g>
  )
}

function stacked(chart) {
  return chart.categories.map((_, at) => {
    let up = 0, down = 0
    return chart.series.map((series) => {
      const point = series.points[at]
      if (!point) return null
      const base = point.v >= 0 ? up : down
      if (point.v >= 0) up += point.v
      else down += point.v
      return { from: base, to: base + point.v }
    })
  })
}

function waterfall(chart) {
  let level = 0
  const points = chart.series[0].points, last = points.length - 1
  return points.map((point, at) => {
    if (!point) return [null]
    const whole = at === 0 || at === last
    const from = whole ? 0 : level
    level = whole ? point.v : level + point.v
    return [{ from, to: level }]
  })
}

function ColumnSvg({ chart, open, shown, width }) {
  const { height, left, top, bottom } = BOX
  const dual = chart.series.some((series) => series.axis === "right")
  const right = dual ? 52 : BOX.right
  const plot = { width: width - left - right, height: height - top - bottom }
  const bars = chart.series.filter((series) => series.mark === "bar" && chart.form !== "trend")
  const spansOf = chart.form === "stack" ? stacked(chart) : chart.form === "waterfall" ? waterfall(chart) : null
  const flat = (side) => chart.series.filter((series) => series.axis === side).flatMap((series) => series.points.filter(Boolean).map((p) => p.v))
  const leftValues = spansOf ? spansOf.flat().filter(Boolean).flatMap((s) => [s.from, s.to]) : flat("left")
  const main = niceScale(leftValues.length ? leftValues : [0, 1], bars.some((s) => s.axis === "left"))
  const side = dual ? niceScale(flat("right").length ? flat("right") : [0, 1], bars.some((s) => s.axis === "right")) : null
  const y = (value, scale) => top + plot.height * (1 - (value - scale.low) / (scale.high - scale.low))
  const count = chart.categories.length, slot = plot.width / count
  const x = (at) => left + slot * (at + 0.5)
  const lanes = spansOf ? 1 : Math.max(1, bars.length)
  const gap = chart.form === "histogram" ? 0.96 : 0.62
  const lane = Math.min(46, (slot * gap) / lanes)
  const longest = Math.max(...chart.categories.map((name) => name.length))
  const every = Math.ceil(count / Math.max(1, Math.floor(plot.width / Math.max(34, Math.min(longest, 7) * 12.5))))
  const label = (series, at) => `${chart.categories[at]} ${chart.series.length > 1 ? series.name : ""}`
  const lines = chart.series.some((series) => series.mark === "line")
  const printed = count * lanes <= 14 && !spansOf && !lines
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={chart.alt}>
      {main.ticks.map((tick) => (
        <g key={tick}>
          <line className={tick === 0 ? "gma-zero" : "gma-grid"} x1={left} x2={width - right} y1={y(tick, main)} y2={y(tick, main)} />
          <text className="gma-tick" x={left - 8} y={y(tick, main) + 4} textAnchor="end">{main.print(tick)}</text>
        </g>
      ))}
      {side ? side.ticks.map((tick) => (
        <text key={tick} className="gma-tick" x={width - right + 8} y={y(tick, side) + 4}>{side.print(tick)}</text>
      )) : null}
      {chart.categories.map((name, at) => at % every ? null : (
        <text key={at} className="gma-tick" x={x(at)} y={height - bottom + 18} textAnchor="middle"><title>{name}</title>{short(name, Math.max(4, Math.floor((slot * every) / 12)))}</text>
      ))}
      {chart.series.map((series, index) => {
        const asLine = chart.form === "trend" || series.mark === "line"
        if (asLine) return null
        const at0 = bars.indexOf(series), scale = series.axis === "right" ? side : main
        return series.points.map((point, at) => {
          if (!point) return null
          const span = spansOf ? spansOf[at][chart.form === "waterfall" ? 0 : index] : { from: Math.max(0, scale.low), to: point.v }
          const begin = x(at) - (lane * lanes) / 2 + (spansOf ? 0 : lane * at0)
          const upper = y(Math.max(span.from, span.to), scale), lower = y(Math.min(span.from, span.to), scale)
          const hue = chart.form === "waterfall" && at > 0 && at < count - 1 ? (point.v < 0 ? HUES[0] : HUES[3]) : HUES[index % HUES.length]
          return (
            <Mark key={index + "-" + at} point={point} label={label(series, at)} open={open} shown={shown}>
              <rect x={begin + (chart.form === "histogram" ? 0 : 1)} y={upper} width={Math.max(2, lane - 2)} height={Math.max(1, lower - upper)} rx="2" fill={hue} />
              {printed && lane > 24 ? <text className="gma-value" x={begin + lane / 2} y={point.v < 0 ? lower + 13 : upper - 5} textAnchor="middle">{point.t}</text> : null}
            </Mark>
          )
        })
      })}
      {chart.series.map((series, index) => {
        if (!(chart.form === "trend" || series.mark === "line")) return null
        const scale = series.axis === "right" ? side : main
        const runs = []
        series.points.forEach((point, at) => {
          if (!point) { runs.push([]); return }
          if (!runs.length) runs.push([])
          runs[runs.length - 1].push(`${x(at)},${y(point.v, scale)}`)
        })
        return (
          <g key={index}>
            {runs.filter((run) => run.length > 1).map((run, at) => (
              <polyline key={at} points={run.join(" ")} fill="none" stroke={HUES[index % HUES.length]} strokeWidth="2.4" strokeLinejoin="round" />
            ))}
            {series.points.map((point, at) => point ? (
              <Mark key={at} point={point} label={label(series, at)} open={open} shown={shown}>
                <circle cx={x(at)} cy={y(point.v, scale)} r="9" fill="transparent" />
                <circle cx={x(at)} cy={y(point.v, scale)} r="3.6" fill={HUES[index % HUES.length]} className="gma-dot" />
                {chart.series.length === 1 && (at === count - 1 || at === 0) ? <text className="gma-value" x={x(at)} y={y(point.v, scale) - 10} textAnchor="middle">{point.t}</text> : null}
              </Mark>
            ) : null)}
          </g>
        )
      })}
    </svg>
  )
}

function BarhSvg({ chart, open, shown, width }) {
  const count = chart.categories.length, lanes = chart.series.length
  const row = Math.max(26, 18 * lanes + 8), height = count * row + 16
  const left = Math.min(190, 24 + 13 * Math.max(...chart.categories.map((name) => Math.min(name.length, 12)))), right = 90
  const scale = niceScale(chart.series.flatMap((s) => s.points.filter(Boolean).map((p) => p.v)), true)
  const x = (value) => left + ((value - scale.low) / (scale.high - scale.low)) * (width - left - right)
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={chart.alt}>
      <line className="gma-zero" x1={x(0)} x2={x(0)} y1="4" y2={height - 8} />
      {chart.categories.map((name, at) => (
        <g key={at}>
          <text className="gma-tick gma-name" x={left - 10} y={8 + row * at + row / 2 + 4} textAnchor="end"><title>{name}</title>{short(name, 12)}</text>
          {chart.series.map((series, index) => {
            const point = series.points[at]
            if (!point) return null
            const thick = (row - 8) / lanes, begin = Math.min(x(0), x(point.v)), far = Math.max(x(0), x(point.v))
            const top = 8 + row * at + 4 + thick * index
            return (
              <Mark key={index} point={point} label={name} open={open} shown={shown}>
                <rect x={begin} y={top} width={Math.max(1.5, far - begin)} height={thick - 2} rx="2" fill={HUES[index % HUES.length]} />
                <text className="gma-value" x={far + 6} y={top + thick / 2 + 3}>{point.t}</text>
              </Mark>
            )
          })}
        </g>
      ))}
    </svg>
  )
}

function RingSvg({ chart, open, shown, width }) {
  const beside = width >= 520
  const x0 = beside ? 160 : width / 2, list = beside ? { x: 330, y: 24, wide: Math.min(340, width - 340) } : { x: 12, y: 256, wide: width - 24 }
  const height = beside ? Math.max(260, chart.categories.length * 28 + 20) : 262 + chart.categories.length * 28
  const points = chart.series[0].points
  const total = points.reduce((sum, point) => sum + (point ? Math.max(0, point.v) : 0), 0) || 1
  let turn = -Math.PI / 2
  const arcs = points.map((point, at) => {
    if (!point || point.v <= 0) return null
    const sweep = Math.min((point.v / total) * Math.PI * 2, Math.PI * 2 - 1e-4), from = turn
    turn += sweep
    const at2 = (radius, angle) => `${x0 + radius * Math.cos(angle)} ${130 + radius * Math.sin(angle)}`
    const large = sweep > Math.PI ? 1 : 0
    const path = `M ${at2(108, from)} A 108 108 0 ${large} 1 ${at2(108, turn)} L ${at2(66, turn)} A 66 66 0 ${large} 0 ${at2(66, from)} Z`
    return <Mark key={at} point={point} label={chart.categories[at]} open={open} shown={shown}><path d={path} fill={HUES[at % HUES.length]} className="gma-arc" /></Mark>
  })
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={chart.alt}>
      {arcs}
      <text className="gma-tick" x={x0} y="134" textAnchor="middle">{chart.unit}</text>
      {chart.categories.map((name, at) => (
        <g key={at} transform={`translate(${list.x} ${list.y + at * 28})`}>
          <rect width="12" height="12" rx="3" fill={HUES[at % HUES.length]} />
          <text className="gma-tick gma-name" x="20" y="11">{short(name, 14)}</text>
          {points[at] ? <text className="gma-value" x={list.wide} y="11" textAnchor="end">{points[at].t}</text> : null}
        </g>
      ))}
    </svg>
  )
}

function HeatSvg({ chart, open, shown, width }) {
  const row = 34, top = 30, right = 8
  const left = Math.min(170, 24 + 13 * Math.max(...chart.series.map((series) => Math.min(series.name.length, 10))))
  const cell = (width - left - right) / chart.categories.length, height = top + row * chart.series.length + 8
  const most = Math.max(3, Math.floor(cell / 12)), year = chart.categories.every((name) => /^\d{4}年\d+月$/.test(name))
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={chart.alt}>
      {chart.categories.map((name, at) => (
        <text key={at} className="gma-tick" x={left + cell * (at + 0.5)} y={top - 10} textAnchor="middle"><title>{name}</title>{short(year && cell < 90 ? name.slice(5) : name, most)}</text>
      ))}
      {chart.series.map((series, index) => (
        <g key={index}>
          <text className="gma-tick gma-name" x={left - 10} y={top + row * index + row / 2 + 4} textAnchor="end"><title>{series.name}</title>{short(series.name, 10)}</text>
          {series.points.map((point, at) => point ? (
            <Mark key={at} point={point} label={`${series.name} ${chart.categories[at]}`} open={open} shown={shown}>
              <rect x={left + cell * at + 1} y={top + row * index + 1} width={Math.max(2, cell - 2)} height={row - 2} rx="3" fill={point.fill} />
              {cell > point.t.length * 7 + 6 ? <text x={left + cell * (at + 0.5)} y={top + row * index + row / 2 + 4} textAnchor="middle" fontSize="12" fill={point.ink}>{point.t}</text> : null}
            </Mark>
          ) : (
            <text key={at} className="gma-tick" x={left + cell * (at + 0.5)} y={top + row * index + row / 2 + 4} textAnchor="middle">—</text>
          ))}
        </g>
      ))}
    </svg>
  )
}

function TilesSvg({ chart, open, shown, width }) {
  const count = chart.categories.length, wide = Math.max(1, Math.min(count, Math.floor(width / 116)))
  const across = Math.ceil(count / Math.ceil(count / wide)), cell = width / across, tall = 66
  const points = chart.series[0].points
  return (
    <svg viewBox={`0 0 ${width} ${tall * Math.ceil(count / across)}`} role="img" aria-label={chart.alt}>
      {chart.categories.map((name, at) => {
        const x = cell * (at % across), y = tall * Math.floor(at / across), point = points[at]
        const named = short(name, Math.max(4, Math.floor((cell - 16) / 13)))
        if (!point) {
          return (
            <g key={at}>
              <rect x={x + 3} y={y + 3} width={cell - 6} height={tall - 6} rx="8" className="gma-blank" fill="#f4f4f4" />
              <text className="gma-tick" x={x + cell / 2} y={y + 27} textAnchor="middle">{named}</text>
              <text className="gma-tick" x={x + cell / 2} y={y + 48} textAnchor="middle">—</text>
            </g>
          )
        }
        return (
          <Mark key={at} point={point} label={name} open={open} shown={shown}>
            <rect x={x + 3} y={y + 3} width={cell - 6} height={tall - 6} rx="8" fill={point.fill} />
            <text x={x + cell / 2} y={y + 27} textAnchor="middle" fontSize="12.5" fill={point.ink}>{named}</text>
            <text x={x + cell / 2} y={y + 48} textAnchor="middle" fontSize="14" fontWeight="600" fill={point.ink}>{point.t}</text>
          </Mark>
        )
      })}
    </svg>
  )
}

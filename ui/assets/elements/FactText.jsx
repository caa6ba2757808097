// parts: fact chart blocks
export default function FactText() {
  const facts = useMemo(() => withQueries(props), [props.facts])
  return (
    <div className="gma gma-facttext" data-testid="fact-text">
      {props.blocks.map((block, at) => <Block key={at} block={block} facts={facts} />)}
      {props.charts.map((chart) => <Block key={chart.id} block={chart} facts={facts} />)}
      {props.note ? <p className="gma-quiet gma-note">{props.note}　·　点带虚线的数字看出处</p> : null}
    </div>
  )
}

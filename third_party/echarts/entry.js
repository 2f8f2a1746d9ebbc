// The parts of Apache ECharts that reports draw with; see README.md.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, DataZoomInsideComponent, GridComponent, LegendComponent, TooltipComponent,
  VisualMapContinuousComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([AriaComponent, BarChart, CanvasRenderer, CustomChart, DataZoomInsideComponent, GridComponent, LegendComponent,
  LineChart, ScatterChart, TooltipComponent, VisualMapContinuousComponent]);

export { init };

// What the keyboard does. A chunk of its own: few ask for it.
import { Group, Kbd, Modal, Table } from "@mantine/core";

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [["/", "Ctrl K"], "search"],
  [["Tab"], "into the graph, and out of it"],
  [["←", "→"], "along the lines, upstream and downstream"],
  [["↑", "↓"], "within a column of boxes"],
  [["Enter"], "details of a box"],
  [["Space"], "show or hide the columns of a dataset"],
  [["+", "−"], "show hidden neighbours, hide neighbours"],
  [["f"], "fit everything"],
  [["Esc"], "let go"],
  [["?"], "this list"],
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="Keys" size="md">
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {KEYS.map(([keys, meaning]) => (
            <Table.Tr key={meaning}>
              <Table.Td>
                <Group gap={6}>
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td>{meaning}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

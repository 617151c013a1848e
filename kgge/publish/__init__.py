"""What leaves the house: figures, a Word document, a workbook, pages."""
